#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "atelier/evaluation/pictures/picture_evaluation.h"
#include "atelier/judging/painter.h"
#include "atelier/judging/picture_judge.h"
#include "atelier/judging/picture_set.h"

namespace atelier::judging {

/// A painter in a run.
struct Contestant {
  std::unique_ptr<const Painter> painter;
  std::optional<double> swept_strength;  ///< paints the sweep's pairs only
};

struct EvaluatorOptions {
  std::filesystem::path folder;  ///< keeps what is measured as it comes, and small pictures for the report
  std::string identity;          ///< changes with everything that changes a number; see run()
  int jobs = 1;                  ///< paintings judged at a time, each on one thread
  int sweep_pairs = 0;           ///< pairs of the strength sweep
  int tile = 0;                  ///< above 0: paintings are made in tiles of this side, look for seams
  bool keep_pictures = false;    ///< also full-size PNGs
  bool fresh = false;            ///< forget what an earlier run measured
  /// Called from any thread, one at a time.
  std::function<void(int done, int total, double seconds_left)> progress;
  /// Called from any thread before each painting; throws to stop. What is finished is kept.
  std::function<void()> stop_point;
};

/// Paints and judges every photo in every style by every painter. Feature maps of photos are kept for a block
/// of eight, of a style while it is painted, and pictures that equal photo or style (the controls) are not
/// looked at again; so memory does not grow with the sets.
class PictureEvaluator {
 public:
  PictureEvaluator(const PictureJudge& judge, const PictureSet& contents, const PictureSet& styles,
                   const std::vector<Contestant>& contestants, EvaluatorOptions options);

  /// Goes on where an earlier run into the same folder stopped. Error Usage "evaluate.other_run" when that
  /// run had another identity, CannotCreate or Io when the folder does not take the results. A painting that
  /// fails is left out with a warning.
  evaluation::PictureEvaluation run();

  /// The small picture of a painting, for reports; nothing when there is none.
  std::optional<Image> small_painting(std::size_t system, std::size_t content, std::size_t style) const;

  static constexpr int kSmallSide = 256;

 private:
  struct Part;
  void prepare_folder() const;
  std::filesystem::path part_file(std::size_t style, std::size_t block) const;
  std::filesystem::path small_file(std::size_t system, std::size_t content, std::size_t style) const;
  bool wants(const Contestant& contestant, std::size_t content, std::size_t style) const;
  Part measure_part(std::size_t style, std::size_t first_content,
                    const std::vector<JudgedPicture>& photos) const;

  const PictureJudge& judge_;
  const PictureSet &contents_, &styles_;
  const std::vector<Contestant>& contestants_;
  EvaluatorOptions options_;
  std::vector<std::pair<std::size_t, std::size_t>> sweep_;
  std::vector<JudgedPicture> judged_styles_;  // without feature maps
};

/// `count` different (content, style) pairs that use every content and every style about equally often.
std::vector<std::pair<std::size_t, std::size_t>> spread_pairs(std::size_t contents, std::size_t styles,
                                                              std::size_t count);

}  // namespace atelier::judging
