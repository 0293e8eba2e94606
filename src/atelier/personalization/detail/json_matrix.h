#pragma once

#include <Eigen/Dense>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace atelier::personalization::detail {

/// Numbers of a document with checks; every failure is an Error BadData `id` naming the document and the key.
class JsonReader {
 public:
  /// Error for text that is no JSON object, or whose `version_key` is not within 1..newest.
  JsonReader(std::string_view text, const std::string& name, const char* id, const char* version_key,
             int newest = 1);

  int version() const { return version_; }

  bool has(const char* key) const { return json_.contains(key); }
  const nlohmann::json& member(const char* key) const;
  /// A member that is an object itself, with the same name and version in messages.
  JsonReader object(const char* key) const;
  std::string text(const char* key) const;
  double number(const char* key) const;  ///< finite
  double positive(const char* key) const;
  Eigen::VectorXd vector(const char* key) const;
  /// [rows][cols]; `cols` is what an empty one has.
  Eigen::MatrixXd matrix(const char* key, Eigen::Index cols) const;
  [[noreturn]] void refuse(const std::string& cause) const;

 private:
  JsonReader() = default;
  Eigen::VectorXd vector_of(const nlohmann::json& json, const char* key) const;

  nlohmann::json json_;
  std::string name_;
  const char* id_ = "";
  int version_ = 0;
};

nlohmann::json to_json(const Eigen::VectorXd& vector);
nlohmann::json to_json(const Eigen::MatrixXd& matrix);  ///< rows

}  // namespace atelier::personalization::detail
