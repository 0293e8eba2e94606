#pragma once

#include <functional>
#include <optional>
#include <string>

#include "atelier/evaluation/pictures/picture_evaluation.h"
#include "atelier/evaluation/pictures/picture_summary.h"
#include "atelier/image/image.h"

namespace atelier::evaluation {

/// Where the report gets its pictures from; by index into the evaluation's lists.
struct PagePictures {
  std::function<Image(std::size_t content)> photo;
  std::function<Image(std::size_t style)> style;
  std::function<std::optional<Image>(std::size_t system, std::size_t content, std::size_t style)> painting;
};

/// The report of a run as one HTML file: the table, the trade-off curve, contact sheets, the best and the
/// worst pairs side by side, bars per style, every metric with its formula, and how it was run.
std::string picture_page(const PictureEvaluation& evaluation, const PictureSummary& summary,
                         const PagePictures& pictures);

}  // namespace atelier::evaluation
