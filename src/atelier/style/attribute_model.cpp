#include "atelier/style/attribute_model.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "atelier/core/error.h"
#include "atelier/style/code_file.h"
#include "atelier/style/detail/json_text.h"

namespace atelier::style {
namespace {

constexpr int kFormatVersion = 1;
constexpr const char* kVersionKey = "atelier_attributes";
constexpr const char* kError = "style.attributes";
constexpr const char* kFileError = "style.attributes_file";

constexpr double kMostDeviations = 4;      // of a prediction
constexpr double kMostCorrection = 2;      // of one attribute when a code migrates
constexpr double kCorrelationRidge = 0.1;  // attributes that nearly repeat each other must not blow a move up
constexpr double kMostGain = 3;

[[noreturn]] void refuse(const std::string& cause) {
  throw Error(ErrorCode::BadData, kError, cause);
}

void require_member(const AttributeModel& model, const StyleCode& code) {
  if (code.space == model.space && code.values.size() == model.mean.size()) return;
  throw Error(ErrorCode::BadData, "style.space",
              "a style code of the space '" + printable(code.space) + "' with " +
                  std::to_string(code.values.size()) + " numbers does not belong to '" + model.space +
                  "' of dimension " + std::to_string(model.dim()) + "; make it with this model");
}

std::vector<float> to_floats(const Eigen::VectorXd& vector) {
  return std::vector<float>(vector.data(), vector.data() + vector.size());
}

double dot(const std::vector<float>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Ridge regressions on the same codes, each with the penalty that predicts left-out rows best.
class RidgeFit {
 public:
  explicit RidgeFit(const Eigen::MatrixXd& centred)  // [n, dim]
      : count_(static_cast<double>(centred.rows())) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(centred.transpose() * centred);
    const double largest = std::max(solver.eigenvalues()(centred.cols() - 1), 1e-300);
    Eigen::Index first = 0;
    while (first + 1 < centred.cols() && solver.eigenvalues()(first) <= 1e-10 * largest) ++first;
    const Eigen::Index rank = centred.cols() - first;
    squares_ = solver.eigenvalues().tail(rank).cwiseMax(1e-300);
    directions_ = solver.eigenvectors().rightCols(rank);
    rows_ = centred * directions_ * squares_.cwiseSqrt().cwiseInverse().asDiagonal();
  }

  struct Result {
    Eigen::VectorXd weights;
    double left_out_sd = 0;
  };
  Result fit(const Eigen::VectorXd& target) const {  // centred
    const Eigen::VectorXd along = rows_.transpose() * target;
    Result best;
    bool is_first = true;
    for (int step = -8; step <= 8; ++step) {
      const double penalty = squares_.mean() * std::pow(10.0, 0.5 * step);
      const Eigen::VectorXd shrink = squares_.array() / (squares_.array() + penalty);
      const Eigen::VectorXd error = target - rows_ * shrink.cwiseProduct(along);
      const Eigen::VectorXd leverage = rows_.cwiseAbs2() * shrink;
      const Eigen::ArrayXd kept = (1 - 1 / count_ - leverage.array()).max(1e-3);
      const double sd = std::sqrt((error.array() / kept).square().mean());
      if (!is_first && sd >= best.left_out_sd) continue;
      is_first = false;
      best.left_out_sd = sd;
      best.weights =
          directions_ * (squares_.array().sqrt() / (squares_.array() + penalty) * along.array()).matrix();
    }
    return best;
  }

 private:
  double count_;
  Eigen::VectorXd squares_;
  Eigen::MatrixXd directions_, rows_;
};

Eigen::MatrixXd centred_codes(std::span<const StyleCode> codes, Eigen::RowVectorXd& mean) {
  const auto dim = static_cast<Eigen::Index>(codes.front().values.size());
  Eigen::MatrixXd rows(static_cast<Eigen::Index>(codes.size()), dim);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    require_good_code(codes[i], "style code " + std::to_string(i + 1));
    if (codes[i].space != codes.front().space || static_cast<Eigen::Index>(codes[i].values.size()) != dim) {
      refuse("style code " + std::to_string(i + 1) + " belongs to another space than the first one; fit " +
             "attributes on codes of one model");
    }
    rows.row(static_cast<Eigen::Index>(i)) =
        Eigen::Map<const Eigen::RowVectorXf>(codes[i].values.data(), dim).cast<double>();
  }
  mean = rows.colwise().mean();
  rows.rowwise() -= mean;
  return rows;
}

std::map<std::string, double> attributes_of(const NamedStyle& style, const AttributeModel& model) {
  for (const AttributeModel::Row& row : model.rows) {
    if (!style.attributes.contains(row.key)) return model.predict(style.code);
  }
  return style.attributes;
}

AttributeModel::Row parse_row(const nlohmann::json& json, const std::string& where) {
  const detail::ObjectReader reader(json, where, kFileError,
                                    {"key", "mean", "sd", "residual_sd", "r2", "weights", "covariance"});
  AttributeModel::Row row{.key = reader.text("key"),
                          .scale = {.mean = reader.number("mean"), .sd = reader.number("sd")},
                          .residual_sd = reader.number("residual_sd"),
                          .r2 = reader.number("r2"),
                          .weights = reader.floats("weights"),
                          .covariance = reader.floats("covariance")};
  if (!is_style_name(row.key)) reader.refuse("'key' is no name of an attribute");
  if (row.scale.sd <= 0 || row.residual_sd < 0) reader.refuse("'sd' must be above 0; export the model again");
  return row;
}

}  // namespace

AttributeModel AttributeModel::fit(std::span<const StyleCode> codes,
                                   std::span<const std::map<std::string, double>> measured) {
  if (codes.size() < 2 || codes.size() != measured.size()) {
    refuse("attributes need at least two style codes with as many measurements, not " +
           std::to_string(codes.size()) + " and " + std::to_string(measured.size()) + "; give more pictures");
  }
  Eigen::RowVectorXd mean;
  const Eigen::MatrixXd rows = centred_codes(codes, mean);
  const std::map<std::string, AttributeScale> scales = scale_attributes(measured);
  AttributeModel model{
      .space = codes.front().space, .mean = to_floats(mean.transpose()), .rows = {}, .correlation = {}};
  const RidgeFit ridge(rows);
  const auto count = static_cast<double>(codes.size());
  Eigen::MatrixXd standardised(rows.rows(), static_cast<Eigen::Index>(scales.size()));
  for (const auto& [key, scale] : scales) {
    const auto column = static_cast<Eigen::Index>(model.rows.size());
    for (std::size_t i = 0; i < measured.size(); ++i) {
      const double value = measured[i].at(key);
      if (!std::isfinite(value)) {
        refuse("attribute '" + printable(key) + "' of style " + std::to_string(i + 1) +
               " is not finite; measure the picture again");
      }
      standardised(static_cast<Eigen::Index>(i), column) = scale.standardise(value);
    }
    const RidgeFit::Result fitted = ridge.fit(standardised.col(column));
    model.rows.push_back({.key = key,
                          .scale = scale,
                          .residual_sd = fitted.left_out_sd * scale.sd,
                          .r2 = 1 - fitted.left_out_sd * fitted.left_out_sd,
                          .weights = to_floats(fitted.weights * scale.sd),
                          .covariance = to_floats(rows.transpose() * standardised.col(column) / count)});
  }
  const Eigen::MatrixXd correlation = standardised.transpose() * standardised / count;
  for (Eigen::Index i = 0; i < correlation.rows(); ++i) {
    const Eigen::VectorXd row = correlation.row(i);
    model.correlation.emplace_back(row.data(), row.data() + row.size());
  }
  return model;
}

std::map<std::string, double> AttributeModel::predict(const StyleCode& code) const {
  require_member(*this, code);
  std::vector<double> offset(mean.size());
  for (std::size_t i = 0; i < offset.size(); ++i) offset[i] = static_cast<double>(code.values[i]) - mean[i];
  std::map<std::string, double> predicted;
  for (const Row& row : rows) {
    const double reach = kMostDeviations * row.scale.sd;
    predicted[row.key] = row.scale.mean + std::clamp(dot(row.weights, offset), -reach, reach);
  }
  return predicted;
}

std::map<std::string, AttributeScale> AttributeModel::scales() const {
  std::map<std::string, AttributeScale> all;
  for (const Row& row : rows) all[row.key] = row.scale;
  return all;
}

StyleCode AttributeModel::move(const StyleCode& code, const std::map<std::string, double>& changes) const {
  require_member(*this, code);
  const auto count = static_cast<Eigen::Index>(rows.size());
  Eigen::VectorXd wanted = Eigen::VectorXd::Zero(count);
  for (const auto& [key, change] : changes) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.key == key; });
    if (row == rows.end() || !std::isfinite(change)) {
      throw Error(ErrorCode::Usage, kError,
                  "'" + printable(key) + "' cannot be changed by " + std::to_string(change) +
                      "; name an attribute of the model and a finite number");
    }
    wanted(row - rows.begin()) = change;
  }
  if (wanted.isZero()) return code;
  Eigen::MatrixXd correlated(count, count);
  for (Eigen::Index i = 0; i < count; ++i) {
    for (Eigen::Index j = 0; j < count; ++j) {
      correlated(i, j) = correlation[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
    }
    correlated(i, i) += kCorrelationRidge;
  }
  const Eigen::VectorXd shares = correlated.ldlt().solve(wanted);
  std::vector<double> step(mean.size());
  for (std::size_t k = 0; k < rows.size(); ++k) {
    for (std::size_t i = 0; i < step.size(); ++i) {
      step[i] += shares(static_cast<Eigen::Index>(k)) * rows[k].covariance[i];
    }
  }
  // An expected code is shrunk towards the mean: go as far as the model itself says the attributes have
  // changed.
  double gained = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    gained += wanted(static_cast<Eigen::Index>(k)) * dot(rows[k].weights, step) / rows[k].scale.sd;
  }
  const double gain = gained > 0 ? std::clamp(wanted.squaredNorm() / gained, 1 / kMostGain, kMostGain) : 1.0;
  StyleCode moved = code;
  for (std::size_t i = 0; i < step.size(); ++i) {
    moved.values[i] = static_cast<float>(moved.values[i] + gain * step[i]);
  }
  return moved;
}

std::string AttributeModel::to_text() const {
  nlohmann::json list = nlohmann::json::array();
  for (const Row& row : rows) {
    list.push_back({{"key", row.key},
                    {"mean", row.scale.mean},
                    {"sd", row.scale.sd},
                    {"residual_sd", row.residual_sd},
                    {"r2", row.r2},
                    {"weights", detail::short_floats(row.weights)},
                    {"covariance", detail::short_floats(row.covariance)}});
  }
  return detail::pretty({{kVersionKey, kFormatVersion},
                         {"space", space},
                         {"mean", detail::short_floats(mean)},
                         {"attributes", std::move(list)},
                         {"correlation", correlation}});
}

AttributeModel AttributeModel::parse(std::string_view text, const std::string& name) {
  const nlohmann::json json = detail::parse_document(text, name, kFileError);
  const detail::ObjectReader reader(json, name, kFileError,
                                    {kVersionKey, "space", "mean", "attributes", "correlation"});
  if (reader.number(kVersionKey) != kFormatVersion) {
    reader.refuse("this program reads attribute models of version 1; use a newer program");
  }
  AttributeModel model{
      .space = reader.text("space"), .mean = reader.floats("mean"), .rows = {}, .correlation = {}};
  if (!is_space_id(model.space)) reader.refuse("'space' is no id of a style space");
  const nlohmann::json& list = reader.member("attributes");
  const nlohmann::json& table = reader.member("correlation");
  if (!list.is_array() || !table.is_array()) reader.refuse("'attributes' and 'correlation' must be arrays");
  for (const nlohmann::json& item : list) {
    model.rows.push_back(parse_row(item, name + ": attribute " + std::to_string(model.rows.size() + 1)));
  }
  for (const nlohmann::json& line : table) {
    if (!line.is_array()) reader.refuse("'correlation' must be an array of arrays");
    std::vector<double>& numbers = model.correlation.emplace_back();
    for (const nlohmann::json& item : line) {
      numbers.push_back(detail::ObjectReader::finite(item, name + ": 'correlation'", kFileError));
    }
  }
  const std::size_t dim = model.mean.size(), count = model.rows.size();
  const bool fits = dim > 0 && model.correlation.size() == count &&
                    std::all_of(model.rows.begin(), model.rows.end(),
                                [&](const Row& row) {
                                  return row.weights.size() == dim && row.covariance.size() == dim;
                                }) &&
                    std::all_of(model.correlation.begin(), model.correlation.end(),
                                [&](const auto& line) { return line.size() == count; }) &&
                    model.scales().size() == count;
  if (!fits) reader.refuse("its parts do not fit each other; export the model again");
  return model;
}

std::optional<AttributeModel> fit_gallery_attributes(std::span<const NamedStyle* const> gallery) {
  constexpr std::size_t kFewest = 10;
  std::vector<StyleCode> codes;
  std::vector<std::map<std::string, double>> measured;
  for (const NamedStyle* style : gallery) {
    if (!has_all_attributes(style->attributes)) continue;
    codes.push_back(style->code);
    measured.push_back(style->attributes);
  }
  if (codes.size() < kFewest) return std::nullopt;
  return AttributeModel::fit(codes, measured);
}

MigratedCode migrate_code(const StyleCode& code, const std::map<std::string, double>& attributes,
                          const AttributeModel& model, std::span<const NamedStyle* const> gallery) {
  if (code.space == model.space) {
    require_member(model, code);
    return {.code = code, .nearest = {}, .mismatch = 0};
  }
  const std::string who = "a style code of the space '" + printable(code.space) + "'";
  for (const AttributeModel::Row& row : model.rows) {
    const auto found = attributes.find(row.key);
    if (found != attributes.end() && std::isfinite(found->second)) continue;
    throw Error(ErrorCode::BadData, "style.space",
                who + " cannot be carried over to '" + model.space + "': its '" + row.key +
                    "' is not known; choose the style again with this model");
  }
  if (model.rows.empty() || gallery.empty()) {
    throw Error(ErrorCode::BadData, "style.space",
                who + " cannot be carried over to '" + model.space +
                    "': that model has no styles with attributes; choose the style again");
  }
  const auto mismatch = [&](const std::map<std::string, double>& has) {
    double sum = 0;
    for (const AttributeModel::Row& row : model.rows) {
      const double off = (attributes.at(row.key) - has.at(row.key)) / row.scale.sd;
      sum += off * off;
    }
    return std::sqrt(sum / static_cast<double>(model.rows.size()));
  };
  const NamedStyle* nearest = nullptr;
  std::map<std::string, double> start;
  for (const NamedStyle* style : gallery) {
    std::map<std::string, double> has = attributes_of(*style, model);
    if (nearest != nullptr && mismatch(has) >= mismatch(start)) continue;
    nearest = style;
    start = std::move(has);
  }
  std::map<std::string, double> changes;
  for (const AttributeModel::Row& row : model.rows) {
    changes[row.key] = std::clamp((attributes.at(row.key) - start.at(row.key)) / row.scale.sd,
                                  -kMostCorrection, kMostCorrection);
  }
  MigratedCode migrated{.code = model.move(nearest->code, changes), .nearest = nearest->name, .mismatch = 0};
  const std::map<std::string, double> before = model.predict(nearest->code),
                                      after = model.predict(migrated.code);
  for (auto& [key, value] : start) {
    if (after.contains(key)) value += after.at(key) - before.at(key);
  }
  migrated.mismatch = mismatch(start);
  if (migrated.mismatch >= mismatch(attributes_of(*nearest, model))) {
    // The linear picture does not help here: the real style is the better answer.
    migrated.code = nearest->code;
    migrated.mismatch = mismatch(attributes_of(*nearest, model));
  }
  return migrated;
}

}  // namespace atelier::style
