#include "atelier/personalization/taste_features.h"

#include <algorithm>
#include <cmath>

#include "atelier/core/error.h"
#include "atelier/personalization/detail/json_matrix.h"

namespace atelier::personalization {
namespace {

constexpr double kFarthest = 4;  // standard deviations
constexpr const char* kVersionKey = "atelier_taste_features";

[[noreturn]] void refuse(const std::string& cause) {
  throw Error(ErrorCode::BadData, "taste.features", cause);
}

double clamped(double value) {
  return std::clamp(value, -kFarthest, kFarthest);
}

std::string name_of(const storage::Subject& subject) {
  return subject.style.empty() ? "a style without a name" : "the style '" + printable(subject.style) + "'";
}

bool is_in(const style::StyleSpace& space, const StyleCode& code) {
  return code.space == space.id && code.values.size() == space.mean.size();
}

}  // namespace

TasteFeatures TasteFeatures::fit(const std::optional<style::StyleSpace>& space,
                                 std::span<const storage::Subject> gallery,
                                 const std::vector<std::string>& keys, const TasteFeatureOptions& options) {
  if (gallery.empty()) refuse("the gallery is empty; taste features need styles to measure their spread on");
  if (options.coordinates < 0 || !(options.ridge > 0)) {
    throw Error(ErrorCode::Usage, "taste.features",
                "the coordinates must be 0 or more and the ridge above 0");
  }
  TasteFeatures features;
  features.space_ = space;
  if (space)
    features.coordinates_ = std::min(options.coordinates, static_cast<int>(space->components.size()));
  if (features.coordinates_ == 0 && keys.empty()) refuse("neither a style space nor an attribute is given");

  for (const std::string& key : keys) {
    if (features.index_of(key) >= 0) refuse("the attribute '" + printable(key) + "' is given twice");
    double sum = 0, squares = 0, count = 0;
    for (const storage::Subject& subject : gallery) {
      const auto found = subject.attributes.find(key);
      if (found == subject.attributes.end()) continue;
      if (!std::isfinite(found->second)) refuse("'" + key + "' of " + name_of(subject) + " is not finite");
      sum += found->second;
      squares += found->second * found->second;
      ++count;
    }
    if (count == 0)
      refuse("no style of the gallery has the attribute '" + printable(key) + "'; measure it first");
    const double mean = sum / count;
    const double sd = std::sqrt(std::max(0.0, squares / count - mean * mean));
    // An attribute that is the same everywhere says nothing; any scale keeps it at 0.
    const bool is_constant = sd <= 1e-9 * std::max(1.0, std::abs(mean));
    features.attributes_.push_back({key, mean, is_constant ? 1 : sd});
  }

  const Eigen::Index size = features.size();
  Eigen::MatrixXd rows(static_cast<Eigen::Index>(gallery.size()), size);
  Eigen::Index used = 0;
  for (const storage::Subject& subject : gallery) {
    std::vector<bool> known;
    const Eigen::VectorXd values = features.measured(subject, known);
    if (std::find(known.begin(), known.end(), false) == known.end()) rows.row(used++) = values.transpose();
  }
  features.joint_ = Eigen::MatrixXd::Identity(size, size);
  if (used > 0) {
    const auto complete = rows.topRows(used);
    features.joint_ = complete.transpose() * complete / static_cast<double>(used);
    const double ridge = options.ridge / static_cast<double>(used);
    features.joint_.diagonal().head(size - 1).array() += ridge;
  }
  features.set_id();
  return features;
}

Eigen::VectorXd TasteFeatures::measured(const storage::Subject& subject, std::vector<bool>& known) const {
  Eigen::VectorXd values = Eigen::VectorXd::Zero(size());
  known.assign(static_cast<std::size_t>(size()), false);
  if (space_ && coordinates_ > 0 && is_in(*space_, subject.code)) {
    const std::vector<double> z = space_->project(subject.code);
    for (int k = 0; k < coordinates_; ++k) {
      const double value = z[static_cast<std::size_t>(k)];
      if (!std::isfinite(value)) refuse("the code of " + name_of(subject) + " is not finite");
      values(k) = clamped(value);
      known[static_cast<std::size_t>(k)] = true;
    }
  }
  for (std::size_t a = 0; a < attributes_.size(); ++a) {
    const AttributeScale& scale = attributes_[a];
    const auto found = subject.attributes.find(scale.key);
    if (found == subject.attributes.end()) continue;
    if (!std::isfinite(found->second))
      refuse("'" + scale.key + "' of " + name_of(subject) + " is not finite");
    const std::size_t at = static_cast<std::size_t>(coordinates_) + a;
    values(static_cast<Eigen::Index>(at)) = clamped((found->second - scale.mean) / scale.sd);
    known[at] = true;
  }
  values(size() - 1) = 1;
  known.back() = true;
  return values;
}

Eigen::VectorXd TasteFeatures::completed(Eigen::VectorXd values, const std::vector<bool>& known) const {
  std::vector<Eigen::Index> there, missing;
  for (std::size_t i = 0; i < known.size(); ++i) {
    (known[i] ? there : missing).push_back(static_cast<Eigen::Index>(i));
  }
  if (missing.empty()) return values;
  const Eigen::VectorXd weights =
      Eigen::MatrixXd(joint_(there, there)).ldlt().solve(Eigen::VectorXd(values(there)));
  const Eigen::VectorXd guess = joint_(missing, there) * weights;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    values(missing[i]) = clamped(guess(static_cast<Eigen::Index>(i)));
  }
  return values;
}

Eigen::VectorXd TasteFeatures::psi(const storage::Subject& subject) const {
  std::vector<bool> known;
  Eigen::VectorXd values = measured(subject, known);
  if (std::count(known.begin(), known.end(), true) < 2) {
    refuse(name_of(subject) + " has neither a code of the style space '" + (space_ ? space_->id : "") +
           "' nor one of the known attributes; measure it with this model");
  }
  return completed(std::move(values), known);
}

Eigen::VectorXd TasteFeatures::psi_at(std::span<const double> z) const {
  if (static_cast<int>(z.size()) > coordinates_) {
    refuse("the features have " + std::to_string(coordinates_) + " coordinates, not " +
           std::to_string(z.size()));
  }
  Eigen::VectorXd values = Eigen::VectorXd::Zero(size());
  std::vector<bool> known(static_cast<std::size_t>(size()), false);
  for (std::size_t k = 0; k < static_cast<std::size_t>(coordinates_); ++k) {
    if (k < z.size() && !std::isfinite(z[k]))
      refuse("coordinate " + std::to_string(k + 1) + " is not finite");
    values(static_cast<Eigen::Index>(k)) = k < z.size() ? clamped(z[k]) : 0;
    known[k] = true;
  }
  values(size() - 1) = 1;
  known.back() = true;
  return completed(std::move(values), known);
}

Eigen::MatrixXd TasteFeatures::matrix(std::span<const storage::Subject> subjects) const {
  Eigen::MatrixXd rows(static_cast<Eigen::Index>(subjects.size()), size());
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    rows.row(static_cast<Eigen::Index>(i)) = psi(subjects[i]).transpose();
  }
  return rows;
}

int TasteFeatures::index_of(std::string_view attribute) const {
  for (std::size_t i = 0; i < attributes_.size(); ++i) {
    if (attributes_[i].key == attribute) return coordinates_ + static_cast<int>(i);
  }
  return -1;
}

std::vector<std::string> TasteFeatures::names() const {
  std::vector<std::string> names;
  for (int k = 0; k < coordinates_; ++k) names.push_back("z" + std::to_string(k + 1));
  for (const AttributeScale& scale : attributes_) names.push_back(scale.key);
  names.emplace_back("one");
  return names;
}

void TasteFeatures::set_id() {
  id_ = (space_ ? space_->id : "none") + "/z" + std::to_string(coordinates_);
  for (std::size_t i = 0; i < attributes_.size(); ++i) id_ += (i == 0 ? "/" : "+") + attributes_[i].key;
}

std::string TasteFeatures::to_text() const {
  nlohmann::json attributes = nlohmann::json::array();
  for (const AttributeScale& scale : attributes_) {
    attributes.push_back({{"key", scale.key}, {"mean", scale.mean}, {"sd", scale.sd}});
  }
  nlohmann::json json = {{kVersionKey, 1},
                         {"coordinates", coordinates_},
                         {"attributes", std::move(attributes)},
                         {"joint", detail::to_json(joint_)}};
  if (space_) json["space"] = nlohmann::json::parse(space_->to_text());
  return json.dump() + "\n";
}

TasteFeatures TasteFeatures::parse(std::string_view text, const std::string& name) {
  const detail::JsonReader reader(text, name, "taste.features_file", kVersionKey);
  TasteFeatures features;
  const double coordinates = reader.number("coordinates");
  if (coordinates < 0 || coordinates > 4096) reader.refuse("'coordinates' must be within 0..4096");
  features.coordinates_ = static_cast<int>(coordinates);
  if (features.coordinates_ > 0) {
    features.space_ = style::StyleSpace::parse(reader.member("space").dump(), name);
    if (features.coordinates_ > static_cast<int>(features.space_->components.size())) {
      reader.refuse("has more coordinates than its style space");
    }
  }
  const nlohmann::json& attributes = reader.member("attributes");
  if (!attributes.is_array()) reader.refuse("'attributes' must be an array");
  for (const nlohmann::json& attribute : attributes) {
    const bool is_good = attribute.is_object() && attribute.contains("key") && attribute["key"].is_string() &&
                         attribute.contains("mean") && attribute["mean"].is_number() &&
                         attribute.contains("sd") && attribute["sd"].is_number() &&
                         attribute["sd"].get<double>() > 0;
    if (!is_good) reader.refuse("'attributes' must hold key, mean and an sd above 0");
    features.attributes_.push_back({attribute["key"], attribute["mean"], attribute["sd"]});
  }
  features.joint_ = reader.matrix("joint", features.size());
  if (features.joint_.rows() != features.size()) reader.refuse("'joint' must be square");
  features.set_id();
  return features;
}

}  // namespace atelier::personalization
