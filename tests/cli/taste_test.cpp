#include "taste_test.h"

#include <algorithm>
#include <sstream>

#include "atelier/style/attributes.h"
#include "support/tiny_bundle.h"

namespace atelier::test {
namespace {

model::BundleContents taste_bundle(int styles) {
  model::BundleContents contents = tiny_bundle_contents(3);
  contents.styles = style::StyleLibrary(contents.manifest.space_id);
  SeededRandom random(11);
  std::vector<StyleCode> codes;
  for (int i = 0; i < styles; ++i) {
    StyleCode code{.space = contents.manifest.space_id, .values = {}};
    for (int k = 0; k < contents.manifest.generator.code_dim; ++k) code.values.push_back(random.symmetric());
    codes.push_back(code);
    style::NamedStyle style{.name = "style-" + std::to_string(i), .title = "Style " + std::to_string(i)};
    std::size_t k = 0;
    for (const style::Attribute& attribute : style::attributes())
      style.attributes[attribute.key] = 50 + 10 * static_cast<double>(code.values[k++]);
    style.code = std::move(code);
    contents.styles.add(std::move(style));
  }
  contents.space = style::StyleSpace::fit(contents.manifest.space_id, codes, 8);
  return contents;
}

}  // namespace

TasteTest::TasteTest() {
  const model::BundleContents contents = taste_bundle(kStyles);
  model_ = model_folder_ / "taste-bundle";
  model::write_bundle(model_, contents, weights::DType::F32);
  for (const style::NamedStyle& style : contents.styles.styles()) attributes_[style.name] = style.attributes;
}

ProgramResult TasteTest::taste(std::vector<std::string> words) const {
  words.insert(words.begin(), "taste");
  return run(words);
}

nlohmann::json TasteTest::taste_json(std::vector<std::string> words) const {
  words.insert(words.begin(), "taste");
  return json(words);
}

double TasteTest::attribute(const std::string& style, const std::string& key) const {
  return attributes_.at(style).at(key);
}

double TasteTest::painted_attribute(const std::string& name, const std::string& key) const {
  std::istringstream parts(name);
  double sum = 0, weights = 0;
  for (std::string part; parts >> part;) {
    const std::size_t colon = part.find(':');
    const double weight = colon == std::string::npos ? 1 : std::stod(part.substr(colon + 1));
    sum += weight * attribute(part.substr(0, colon), key);
    weights += weight;
  }
  return sum / weights;
}

void TasteTest::answer_as_somebody_who_wants(const std::string& user, const std::string& key, int direction,
                                             int choices) const {
  const nlohmann::json wish = {{"question", key}, {"answer", 3 + 2 * direction}};
  const nlohmann::json survey = {{"schema", 1}, {"answers", nlohmann::json::array({wish})}};
  RunOptions options;
  options.input = survey.dump();
  ASSERT_EQ(run({"taste", "survey", "--user", user, "--answers", "-"}, options).status, 0);
  for (int i = 0; i < choices; ++i) {
    const nlohmann::json question = taste_json({"choose", "--user", user, "--next"})["question"];
    const std::string first = question["first"]["style"], second = question["second"]["style"];
    const bool is_first = direction * (attribute(first, key) - attribute(second, key)) > 0;
    ASSERT_EQ(taste({"choose", "--user", user, "--first", first, "--second", second, "--answer",
                     is_first ? "a" : "b"})
                  .status,
              0);
  }
}

}  // namespace atelier::test
