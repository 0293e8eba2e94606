#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "atelier/judging/painter.h"

namespace atelier::judging {

/// Another system's paintings in a folder, named CONTENT__STYLE.png (or jpg, webp, tif): the names of photo
/// and style without their endings, two underscores between them. They are framed like the photos; one of
/// another size than asked for is scaled.
class FinishedPictures : public Painter {
 public:
  /// Errors: NoInput "outputs.folder" when the folder is missing or holds no picture, Usage "outputs.twice"
  /// when two files stand for one pair.
  FinishedPictures(std::string name, std::filesystem::path folder, int size);

  std::string name() const override { return name_; }
  std::string about() const override;
  std::unique_ptr<Brush> take_up(const NamedPicture& style) const override;

  /// How the folder fits the lists.
  struct Check {
    std::vector<std::string> missing;  ///< one line when pairs are missing
    std::vector<std::string> notes;    ///< files that belong to no pair, paintings of another size
  };
  /// Error NoInput "outputs.names" when no file belongs to any pair.
  Check check(const std::vector<std::string>& contents, const std::vector<std::string>& styles) const;

  /// Size and time of every file: changes when the folder does.
  std::string fingerprint() const;

 private:
  std::string name_;
  std::filesystem::path folder_;
  int size_;
  std::map<std::string, std::filesystem::path> files_;  // by CONTENT__STYLE
};

}  // namespace atelier::judging
