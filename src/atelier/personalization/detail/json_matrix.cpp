#include "atelier/personalization/detail/json_matrix.h"

#include <cmath>
#include <vector>

#include "atelier/core/error.h"

namespace atelier::personalization::detail {

JsonReader::JsonReader(std::string_view text, const std::string& name, const char* id,
                       const char* version_key, int newest)
    : json_(nlohmann::json::parse(text, nullptr, false)), name_(printable(name)), id_(id) {
  if (!json_.is_object()) refuse("is no JSON object; write it again");
  const auto version = json_.find(version_key);
  if (version == json_.end() || !version->is_number_integer()) {
    refuse("has no '" + std::string(version_key) + "'; it is another kind of file");
  }
  version_ = *version >= 1 && *version <= newest ? version->get<int>() : 0;
  if (version_ == 0) {
    const std::string known = newest == 1 ? "version 1" : "versions 1 to " + std::to_string(newest);
    refuse("is of version " + version->dump() + ", this program reads " + known + "; use a newer one");
  }
}

const nlohmann::json& JsonReader::member(const char* key) const {
  const auto found = json_.find(key);
  if (found == json_.end()) refuse("lacks '" + std::string(key) + "'");
  return *found;
}

JsonReader JsonReader::object(const char* key) const {
  JsonReader inner;
  inner.json_ = member(key);
  inner.name_ = name_;
  inner.id_ = id_;
  inner.version_ = version_;
  if (!inner.json_.is_object()) refuse("'" + std::string(key) + "' must be an object");
  return inner;
}

std::string JsonReader::text(const char* key) const {
  const nlohmann::json& value = member(key);
  if (!value.is_string()) refuse("'" + std::string(key) + "' must be text");
  return value.get<std::string>();
}

double JsonReader::number(const char* key) const {
  const nlohmann::json& value = member(key);
  if (!value.is_number() || !std::isfinite(value.get<double>())) {
    refuse("'" + std::string(key) + "' must be a finite number");
  }
  return value.get<double>();
}

double JsonReader::positive(const char* key) const {
  const double value = number(key);
  if (value <= 0) refuse("'" + std::string(key) + "' must be above 0");
  return value;
}

Eigen::VectorXd JsonReader::vector(const char* key) const {
  return vector_of(member(key), key);
}

Eigen::VectorXd JsonReader::vector_of(const nlohmann::json& json, const char* key) const {
  if (!json.is_array()) refuse("'" + std::string(key) + "' must be an array of numbers");
  Eigen::VectorXd values(static_cast<Eigen::Index>(json.size()));
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (!json[i].is_number() || !std::isfinite(json[i].get<double>())) {
      refuse("'" + std::string(key) + "' holds something that is not a finite number");
    }
    values(static_cast<Eigen::Index>(i)) = json[i].get<double>();
  }
  return values;
}

Eigen::MatrixXd JsonReader::matrix(const char* key, Eigen::Index cols) const {
  const nlohmann::json& rows = member(key);
  if (!rows.is_array()) refuse("'" + std::string(key) + "' must be an array of rows");
  Eigen::MatrixXd values(static_cast<Eigen::Index>(rows.size()), cols);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Eigen::VectorXd row = vector_of(rows[i], key);
    if (row.size() != cols)
      refuse("'" + std::string(key) + "' must have " + std::to_string(cols) + " columns");
    values.row(static_cast<Eigen::Index>(i)) = row.transpose();
  }
  return values;
}

void JsonReader::refuse(const std::string& cause) const {
  throw Error(ErrorCode::BadData, id_, "'" + name_ + "' " + cause);
}

nlohmann::json to_json(const Eigen::VectorXd& vector) {
  return std::vector<double>(vector.data(), vector.data() + vector.size());
}

nlohmann::json to_json(const Eigen::MatrixXd& matrix) {
  nlohmann::json rows = nlohmann::json::array();
  for (Eigen::Index i = 0; i < matrix.rows(); ++i)
    rows.push_back(to_json(Eigen::VectorXd(matrix.row(i).transpose())));
  return rows;
}

}  // namespace atelier::personalization::detail
