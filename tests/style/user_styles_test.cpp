#include "atelier/style/user_styles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "support/environment.h"
#include "support/temp_dir.h"

namespace atelier::style {
namespace {

using test::ScopedVariable;
using test::TempDir;

NamedStyle named(const std::string& name, float value) {
  return {.name = name, .code = {.space = "s", .values = {value}}};
}

TEST(UserData, FollowsTheVariablesInOrder) {
  const ScopedVariable home("HOME", "/home/ada"), xdg("XDG_DATA_HOME", "/xdg"),
      own("ATELIER_DATA_DIR", "/own");
  EXPECT_EQ(user_data_path(), "/own");
  const ScopedVariable no_own("ATELIER_DATA_DIR", nullptr);
  EXPECT_EQ(user_data_path(), "/xdg/atelier");
  const ScopedVariable relative_xdg("XDG_DATA_HOME", "relative/is/ignored");
  EXPECT_EQ(user_data_path(), "/home/ada/.local/share/atelier");
  const ScopedVariable no_home("HOME", nullptr);
  EXPECT_THROW(user_data_path(), Error);
}

TEST(UserStyles, LiveInOneFilePerSpace) {
  const ScopedVariable own("ATELIER_DATA_DIR", "/own");
  EXPECT_EQ(user_styles_path("m-1"), "/own/styles-m-1.json");
  EXPECT_THROW(user_styles_path("../m"), Error);
}

TEST(UserStyles, AreEmptyBeforeTheFirstAndKeptAfterwards) {
  TempDir folder;
  const std::string data = folder / "new/atelier";
  const ScopedVariable own("ATELIER_DATA_DIR", data.c_str());
  StyleLibrary styles = read_user_styles("s");
  EXPECT_TRUE(styles.styles().empty());
  styles.add(named("mine", 1));
  write_user_styles(styles);
  EXPECT_EQ(read_user_styles("s"), styles);
  EXPECT_EQ(std::filesystem::status(data).permissions(), std::filesystem::perms::owner_all);
}

TEST(UserStyles, NeverStartAfreshOverABrokenFile) {
  TempDir folder;
  const ScopedVariable own("ATELIER_DATA_DIR", folder.path().c_str());
  write_file_atomically(user_styles_path("s"), "{broken");
  EXPECT_THROW(read_user_styles("s"), Error);
}

TEST(UserStyles, SayWhichFolderCannotBeMade) {
  TempDir folder;
  write_file_atomically(folder / "file", "x");
  const std::string data = folder / "file/data";
  const ScopedVariable own("ATELIER_DATA_DIR", data.c_str());
  try {
    write_user_styles(StyleLibrary("s"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::CannotCreate);
    EXPECT_THAT(error.what(), testing::HasSubstr(data));
  }
}

TEST(UserStyles, KeepWhatAStyleTrainedAsLongAsTheStyle) {
  TempDir folder;
  const ScopedVariable data("ATELIER_DATA_DIR", folder.path().c_str());
  const std::string first(64, 'a'), second(64, 'b');
  const std::vector<std::byte> bytes(3);
  write_user_delta("s", first, bytes);
  write_user_delta("s", second, bytes);
  StyleLibrary own("s");
  for (const auto& [name, sha256] : {std::pair("one", first), std::pair("two", second)}) {
    NamedStyle style = named(name, 1);
    style.delta = sha256;
    own.add(style);
  }
  write_user_styles(own);
  EXPECT_EQ(read_user_styles("s"), own);
  own.remove("one");
  write_user_styles(own);
  EXPECT_FALSE(std::filesystem::exists(user_delta_path("s", first)));
  EXPECT_TRUE(std::filesystem::exists(user_delta_path("s", second)));
}

TEST(UserStyles, NeverNameAFileOutsideTheirFolder) {
  NamedStyle style = named("mine", 1);
  style.delta = "../../etc/passwd";
  StyleLibrary own("s");
  own.add(style);
  EXPECT_THROW(StyleLibrary::parse(own.to_text(), "styles.json"), Error);
}

TEST(Gallery, PrefersAPersonsOwnStyles) {
  StyleLibrary built_in("s"), own("s");
  built_in.add(named("wave", 1));
  built_in.add(named("night", 2));
  own.add(named("wave", 3));
  const Gallery gallery(built_in, own);
  EXPECT_EQ(gallery.require("wave").code.values[0], 3);
  EXPECT_EQ(gallery.require("night").code.values[0], 2);
  EXPECT_EQ(gallery.find("none"), nullptr);
  std::vector<std::string> names;
  for (const NamedStyle* style : gallery.styles()) names.push_back(style->name);
  EXPECT_THAT(names, testing::ElementsAre("wave", "night"));
}

TEST(Gallery, SuggestsForAnUnknownName) {
  StyleLibrary built_in("s");
  built_in.add(named("starry-night", 1));
  try {
    Gallery(built_in, StyleLibrary("s")).require("stary-night");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.id(), "style.unknown");
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'starry-night'?"));
  }
}

TEST(Gallery, ReadsThePersonsFile) {
  TempDir folder;
  const ScopedVariable data("ATELIER_DATA_DIR", folder.path().c_str());
  StyleLibrary own("s");
  own.add(named("mine", 1));
  write_user_styles(own);
  EXPECT_NE(Gallery::open(StyleLibrary("s")).find("mine"), nullptr);
  EXPECT_EQ(Gallery::open(StyleLibrary("other")).find("mine"), nullptr);
}

TEST(Gallery, RefusesTwoSpaces) {
  EXPECT_THROW(Gallery(StyleLibrary("s"), StyleLibrary("t")), Error);
}

}  // namespace
}  // namespace atelier::style
