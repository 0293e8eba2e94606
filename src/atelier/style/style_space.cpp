#include "atelier/style/style_space.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "atelier/core/error.h"
#include "atelier/style/code_file.h"
#include "atelier/style/detail/json_text.h"
#include "atelier/style/style_library.h"

namespace atelier::style {
namespace {

constexpr int kFormatVersion = 1;
constexpr const char* kVersionKey = "atelier_style_space";
constexpr const char* kError = "style.space_file";

// Directions with less than a millionth of the largest variance are rounding, and whitening would blow them
// up.
constexpr double kSmallestVarianceRatio = 1e-6;

[[noreturn]] void refuse(const std::string& cause) {
  throw Error(ErrorCode::BadData, "style.space", cause);
}

void require_member(const StyleSpace& space, const StyleCode& code) {
  if (code.space == space.id && code.values.size() == space.mean.size()) return;
  refuse("a style code of the space '" + printable(code.space) + "' with " +
         std::to_string(code.values.size()) + " numbers does not belong into '" + space.id +
         "' of dimension " + std::to_string(space.dim()) + "; make it with this model");
}

double dot_from_mean(const StyleSpace& space, const std::vector<float>& direction,
                     const std::vector<float>& values) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += static_cast<double>(direction[i]) * (static_cast<double>(values[i]) - space.mean[i]);
  }
  return sum;
}

std::vector<float> to_floats(const Eigen::VectorXd& vector) {
  return std::vector<float>(vector.data(), vector.data() + vector.size());
}

}  // namespace

StyleSpace StyleSpace::fit(const std::string& id, std::span<const StyleCode> codes, int count) {
  if (codes.size() < 2) refuse("a style space needs at least two style codes; give more pictures");
  const auto dim = static_cast<Eigen::Index>(codes.front().values.size());
  Eigen::MatrixXd rows(static_cast<Eigen::Index>(codes.size()), dim);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    require_good_code(codes[i], "style code " + std::to_string(i + 1));
    if (codes[i].space != id || static_cast<Eigen::Index>(codes[i].values.size()) != dim) {
      refuse("style code " + std::to_string(i + 1) + " belongs to another space than '" + printable(id) +
             "'; fit a space on codes of one model");
    }
    rows.row(static_cast<Eigen::Index>(i)) =
        Eigen::Map<const Eigen::RowVectorXf>(codes[i].values.data(), dim).cast<double>();
  }
  const Eigen::RowVectorXd mean = rows.colwise().mean();
  rows.rowwise() -= mean;
  const Eigen::MatrixXd covariance = rows.transpose() * rows / static_cast<double>(codes.size());
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);

  StyleSpace space{.id = id, .mean = to_floats(mean.transpose()), .components = {}, .scale = {}};
  const double largest = solver.eigenvalues()(dim - 1);
  for (Eigen::Index i = dim - 1; i >= 0 && static_cast<int>(space.scale.size()) < count; --i) {
    const double variance = solver.eigenvalues()(i);
    const bool is_spread = largest > 0 && variance > largest * kSmallestVarianceRatio;
    if (!is_spread || static_cast<float>(std::sqrt(variance)) <= 0) break;
    Eigen::VectorXd direction = solver.eigenvectors().col(i);
    Eigen::Index peak = 0;
    direction.cwiseAbs().maxCoeff(&peak);
    if (direction(peak) < 0) direction = -direction;
    space.components.push_back(to_floats(direction));
    space.scale.push_back(static_cast<float>(std::sqrt(variance)));
  }
  return space;
}

std::vector<double> StyleSpace::project(const StyleCode& code) const {
  require_member(*this, code);
  std::vector<double> z;
  for (std::size_t k = 0; k < components.size(); ++k) {
    z.push_back(dot_from_mean(*this, components[k], code.values) / scale[k]);
  }
  return z;
}

StyleCode StyleSpace::code_at(std::span<const double> z) const {
  if (z.size() > components.size()) {
    refuse("the style space '" + id + "' has " + std::to_string(components.size()) + " coordinates, not " +
           std::to_string(z.size()));
  }
  std::vector<double> values(mean.begin(), mean.end());
  for (std::size_t k = 0; k < z.size(); ++k) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += z[k] * scale[k] * components[k][i];
  }
  return {.space = id, .values = std::vector<float>(values.begin(), values.end())};
}

double StyleSpace::residual(const StyleCode& code) const {
  require_member(*this, code);
  std::vector<double> rest(code.values.size());
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = static_cast<double>(code.values[i]) - mean[i];
  for (const std::vector<float>& direction : components) {
    const double along = dot_from_mean(*this, direction, code.values);
    for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= along * direction[i];
  }
  double sum = 0;
  for (const double value : rest) sum += value * value;
  return std::sqrt(sum);
}

std::string StyleSpace::to_text() const {
  nlohmann::json directions = nlohmann::json::array();
  for (const std::vector<float>& direction : components)
    directions.push_back(detail::short_floats(direction));
  return detail::pretty({{kVersionKey, kFormatVersion},
                         {"id", id},
                         {"mean", detail::short_floats(mean)},
                         {"components", std::move(directions)},
                         {"scale", detail::short_floats(scale)}});
}

StyleSpace StyleSpace::parse(std::string_view text, const std::string& name) {
  const nlohmann::json json = detail::parse_document(text, name, kError);
  const detail::ObjectReader reader(json, name, kError, {kVersionKey, "id", "mean", "components", "scale"});
  if (reader.number(kVersionKey) != kFormatVersion) {
    reader.refuse("this program reads style spaces of version 1; use a newer program");
  }
  StyleSpace space{.id = reader.text("id"),
                   .mean = reader.floats("mean"),
                   .components = {},
                   .scale = reader.floats("scale")};
  if (!is_space_id(space.id)) reader.refuse("'id' is no id of a style space");
  const nlohmann::json& directions = reader.member("components");
  if (!directions.is_array()) reader.refuse("'components' must be an array of arrays");
  for (const nlohmann::json& direction : directions) {
    space.components.push_back(detail::ObjectReader::floats(direction, name + ": 'components'", kError));
  }
  const bool fits = !space.mean.empty() && space.scale.size() == space.components.size() &&
                    std::all_of(space.components.begin(), space.components.end(),
                                [&](const auto& direction) { return direction.size() == space.mean.size(); });
  if (!fits) reader.refuse("mean, components and scale do not fit each other; fit the space again");
  if (std::any_of(space.scale.begin(), space.scale.end(), [](float s) { return s <= 0; })) {
    reader.refuse("'scale' must be above 0; fit the space again");
  }
  return space;
}

}  // namespace atelier::style
