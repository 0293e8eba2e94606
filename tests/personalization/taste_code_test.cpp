#include "atelier/personalization/taste_code.h"

#include <gtest/gtest.h>

#include <cctype>
#include <cmath>

#include "atelier/core/error.h"
#include "personalization/small_taste.h"

namespace atelier::personalization {
namespace {

std::string error_of(const std::string& text, const style::StyleSpace& space) {
  try {
    TasteCode::parse(text, space);
  } catch (const Error& error) {
    return error.id();
  }
  return "none";
}

const style::StyleSpace kSpace = test::small_space();
const StyleCode kCode = kSpace.code_at(std::vector<double>{1.25, -0.731, 2.9});

TEST(TasteCode, GivesTheSameStyleBitForBitAfterTheTripThroughText) {
  const TasteCode code = TasteCode::of(kSpace, kCode, 0.8, 0.35);
  const TasteCode again = TasteCode::parse(code.to_text(), kSpace);
  EXPECT_EQ(again, code);
  EXPECT_EQ(again.style(kSpace), code.style(kSpace));
  EXPECT_EQ(again.strength, 80);
  EXPECT_EQ(again.detail, 35);
  EXPECT_EQ(TasteCode::of(kSpace, code.style(kSpace), 0.8, 0.35), code);
}

TEST(TasteCode, IsTheStyleToAFourThousandthOfADeviation) {
  const std::vector<double> z = kSpace.project(TasteCode::of(kSpace, kCode).style(kSpace));
  const std::vector<double> meant = kSpace.project(kCode);
  for (std::size_t k = 0; k < z.size(); ++k) EXPECT_NEAR(z[k], meant[k], 1.0 / 8192 + 1e-6);
}

TEST(TasteCode, HasAKnownText) {
  // A change of this text is a new version: old codes are on paper.
  const TasteCode code{.space = "small-space", .steps = {4096, -4096, 0}, .strength = 100, .detail = -1};
  EXPECT_EQ(code.to_text(), "AT1-YHZR20RG-03R00000-CKZJ8X42-TW");
}

TEST(TasteCode, ReadsLowerCaseSpacesAndLookAlikes) {
  const TasteCode code = TasteCode::of(kSpace, kCode);
  std::string text = code.to_text();
  for (char& c : text) c = c == '1' ? 'l' : c == '0' ? 'o' : static_cast<char>(std::tolower(c));
  text.replace(0, 3, "at1");
  EXPECT_EQ(TasteCode::parse("  " + text + "\n", kSpace), code);
}

TEST(TasteCode, NoticesEverySlipOfOneCharacter) {
  const std::string text = TasteCode::of(kSpace, kCode).to_text();
  for (std::size_t i = 4; i < text.size(); ++i) {
    if (text[i] == '-') continue;
    std::string slip = text;
    slip[i] = slip[i] == '7' ? '8' : '7';
    EXPECT_EQ(error_of(slip, kSpace), "taste.code_checksum") << slip;
    slip = text;
    slip.erase(i, 1);
    EXPECT_EQ(error_of(slip, kSpace), "taste.code_checksum") << slip;
  }
}

TEST(TasteCode, SaysWhatIsWrong) {
  const std::string text = TasteCode::of(kSpace, kCode).to_text();
  EXPECT_EQ(error_of("", kSpace), "taste.code");
  EXPECT_EQ(error_of("monet", kSpace), "taste.code");
  EXPECT_EQ(error_of("AT1-", kSpace), "taste.code_checksum");
  EXPECT_EQ(error_of("AT1-***", kSpace), "taste.code");
  EXPECT_EQ(error_of("AT2" + text.substr(3), kSpace), "taste.code_version");
  EXPECT_EQ(error_of(text, test::small_space("another-space")), "taste.code_space");
  EXPECT_EQ(error_of(std::string(100000, 'A'), kSpace), "taste.code");
  EXPECT_THROW(TasteCode::of(kSpace, kCode, 3), Error);
  EXPECT_THROW(TasteCode::of(kSpace, kCode, 1, 2), Error);
  EXPECT_THROW(TasteCode::of(test::small_space("another-space"), kCode), Error);
  EXPECT_THROW(TasteCode::of(kSpace, kCode).style(test::small_space("another-space")), Error);
}

TEST(TasteCode, BlendsBetweenTwoCodes) {
  const TasteCode a{.space = kSpace.id, .steps = {0, 100, -100}, .strength = 50, .detail = 20};
  const TasteCode b{.space = kSpace.id, .steps = {100, 0, -300}, .strength = 100, .detail = 40};
  EXPECT_EQ(blend(a, b, 0), a);
  EXPECT_EQ(blend(a, b, 1), b);
  const TasteCode half{.space = kSpace.id, .steps = {50, 50, -200}, .strength = 75, .detail = 30};
  EXPECT_EQ(blend(a, b, 0.5), half);
  EXPECT_THROW(blend(a, b, 1.5), Error);
  EXPECT_THROW(blend(a, b, std::nan("")), Error);
  TasteCode foreign = b;
  foreign.space = "another-space";
  EXPECT_THROW(blend(a, foreign, 0.5), Error);
}

}  // namespace
}  // namespace atelier::personalization
