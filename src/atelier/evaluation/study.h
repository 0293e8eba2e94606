#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace atelier::evaluation {

/// Two pictures that people compare: what systems A and B made of the same thing.
struct StudyPair {
  std::string name;  ///< file name without its ending; equal on both sides
  std::filesystem::path a, b;
  std::optional<std::filesystem::path> reference;  ///< shown above both: the photo, say
};

/// The pictures of two folders, matched by name.
struct StudyPictures {
  std::vector<StudyPair> pairs;             ///< sorted by name
  std::vector<std::string> only_a, only_b;  ///< without a partner, left out
};

/// Error NoInput "study.folder" for a missing folder, BadData "study.pairs" when no name stands in both,
/// "study.twice" when one folder has a name twice (a.png and a.jpg). `references` may be empty; a missing
/// reference is simply not shown.
StudyPictures match_pictures(const std::filesystem::path& a, const std::filesystem::path& b,
                             const std::filesystem::path& references = {});

struct StudyOptions {
  std::string title = "Which picture do you prefer?";
  std::string question = "Which of the two do you like better?";
  std::string label_a = "A", label_b = "B";  ///< names of the systems; only the key knows them
  int max_side = 640;                        ///< of the pictures in the page, pixels
  int checks = 4;  ///< pairs of one picture shown twice: who says they differ did not look
  std::uint64_t seed = 1;
};

/// A study is a page that tells nobody which picture is whose, and a key that does.
struct StudyPage {
  std::string html;    ///< self-contained, no network; answers leave it as a JSON file that the person sends
  nlohmann::json key;  ///< {"schema", "study", "label_a", "label_b", "pairs": [{"name", "a": 0 or 1},
                       ///< {"check": true}, ...]}
};

/// The page shuffles order and sides for each person anew, by a seed made of the study's and the person's id.
/// Errors of read_image; BadData "study.size" when two pictures of a pair have different shapes (more than 2
/// % in aspect), Usage "study.checks" when there are more checks than pairs.
StudyPage make_study(const StudyPictures& pictures, const StudyOptions& options);

}  // namespace atelier::evaluation
