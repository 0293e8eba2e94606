#include "atelier/style/user_styles.h"

#include <cstdlib>
#include <set>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/core/options_json.h"

namespace atelier::style {
namespace {

// XDG: a relative path in these variables is to be ignored.
std::filesystem::path absolute_from_environment(const char* variable) {
  const char* value = std::getenv(variable);
  const std::filesystem::path path = value == nullptr ? "" : value;
  return path.is_absolute() ? path : std::filesystem::path();
}

void make_private_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::create_directories(folder, error))
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) {
    throw Error(ErrorCode::CannotCreate, "data.folder",
                printable(folder.string()) + ": cannot make the folder for your own styles: " +
                    error.message() + "; set ATELIER_DATA_DIR to a writable folder");
  }
}

// What the styles of a file have trained; nothing for a file that is missing or broken.
std::set<std::string> deltas_of(const std::filesystem::path& path) {
  std::set<std::string> deltas;
  try {
    const StyleLibrary styles = StyleLibrary::read(path);
    for (const NamedStyle& style : styles.styles()) {
      if (!style.delta.empty()) deltas.insert(style.delta);
    }
  } catch (const Error&) {
    return {};
  }
  return deltas;
}

}  // namespace

std::filesystem::path user_data_path() {
  if (const auto own = absolute_from_environment("ATELIER_DATA_DIR"); !own.empty()) return own;
  if (const auto xdg = absolute_from_environment("XDG_DATA_HOME"); !xdg.empty()) return xdg / "atelier";
  if (const auto home = absolute_from_environment("HOME"); !home.empty())
    return home / ".local/share/atelier";
  throw Error(ErrorCode::Config, "data.folder",
              "there is no folder for your own styles: set ATELIER_DATA_DIR or HOME to an absolute path");
}

std::filesystem::path user_styles_path(const std::string& space) {
  const StyleLibrary checked(space);  // an id is also a file name here
  return user_data_path() / ("styles-" + checked.space() + ".json");
}

StyleLibrary read_user_styles(const std::string& space) {
  const std::filesystem::path path = user_styles_path(space);
  std::error_code ignored;
  return std::filesystem::exists(path, ignored) ? StyleLibrary::read(path, space) : StyleLibrary(space);
}

std::filesystem::path user_delta_path(const std::string& space, const std::string& sha256) {
  return user_styles_path(space).replace_extension() / (sha256 + ".safetensors");
}

void write_user_delta(const std::string& space, const std::string& sha256, std::span<const std::byte> bytes) {
  const std::filesystem::path path = user_delta_path(space, sha256);
  make_private_folder(user_data_path());
  make_private_folder(path.parent_path());
  write_file_atomically(path, bytes);
}

void write_user_styles(const StyleLibrary& styles) {
  const std::filesystem::path path = user_styles_path(styles.space());
  make_private_folder(path.parent_path());
  std::set<std::string> unused = deltas_of(path);
  for (const NamedStyle& style : styles.styles()) unused.erase(style.delta);
  styles.write(path);
  for (const std::string& sha256 : unused) {
    std::error_code ignored;  // a file that stays is only in the way
    std::filesystem::remove(user_delta_path(styles.space(), sha256), ignored);
  }
}

Gallery::Gallery(StyleLibrary built_in, StyleLibrary own)
    : built_in_(std::move(built_in)), own_(std::move(own)) {
  if (built_in_.space() != own_.space()) {
    throw Error(ErrorCode::BadData, "style.space",
                "styles of the spaces '" + built_in_.space() + "' and '" + own_.space() +
                    "' cannot stand in one gallery; make both with one model");
  }
}

Gallery Gallery::open(const StyleLibrary& built_in) {
  return {built_in, read_user_styles(built_in.space())};
}

const NamedStyle* Gallery::find(std::string_view name) const {
  const NamedStyle* own = own_.find(name);
  return own != nullptr ? own : built_in_.find(name);
}

const NamedStyle& Gallery::require(std::string_view name) const {
  if (const NamedStyle* style = find(name)) return *style;
  std::vector<std::string> names = own_.names();
  for (const std::string& built_in : built_in_.names()) names.push_back(built_in);
  const std::string near = nearest_word(name, names);
  throw Error(ErrorCode::NoInput, "style.unknown",
              "no style is called '" + printable(std::string(name)) + "'; " +
                  (near.empty() ? "" : "did you mean '" + near + "'? ") +
                  "'atelier styles list' shows them all");
}

std::vector<const NamedStyle*> Gallery::styles() const {
  std::vector<const NamedStyle*> all;
  for (const NamedStyle& style : own_.styles()) all.push_back(&style);
  for (const NamedStyle& style : built_in_.styles()) {
    if (own_.find(style.name) == nullptr) all.push_back(&style);
  }
  return all;
}

}  // namespace atelier::style
