#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "program_test.h"

namespace atelier::test {

/// The program with a tiny model of sixteen styles that have a style space and attributes; both depend on the
/// code, so that a taste for an attribute can be learned.
class TasteTest : public ProgramTest {
 protected:
  TasteTest();

  /// "atelier taste WORD... ".
  ProgramResult taste(std::vector<std::string> words) const;
  nlohmann::json taste_json(std::vector<std::string> words) const;

  double attribute(const std::string& style, const std::string& key) const;
  /// Of what `stylize` says it painted: "style-3", or "style-3:0.5 style-4:0.5".
  double painted_attribute(const std::string& name, const std::string& key) const;

  /// A person who wants `direction` (1: much, -1: little) of an attribute: the survey, then `choices`
  /// choices.
  void answer_as_somebody_who_wants(const std::string& user, const std::string& key, int direction,
                                    int choices) const;

  static constexpr int kStyles = 16;

 private:
  std::map<std::string, std::map<std::string, double>> attributes_;
};

}  // namespace atelier::test
