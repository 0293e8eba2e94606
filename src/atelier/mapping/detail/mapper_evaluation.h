#pragma once

#include <functional>
#include <span>
#include <vector>

#include "atelier/mapping/detail/simulated_people.h"
#include "atelier/mapping/mapper_report.h"
#include "atelier/personalization/style_mapper.h"

namespace atelier::mapping {

/// The codes that the style encoder finds in paintings made with these codes.
using Repaint = std::function<std::vector<StyleCode>(std::span<const StyleCode>)>;

struct EvaluationOptions {
  int people = 400, painted_people = 100;
  std::vector<int> answers = {0, 3, 5, 12};  ///< rising
  std::uint64_t seed = 1;
};

/// Measures the mapper as programs use it (StyleMapper::map) beside picking the best gallery style by the
/// preference model's own utility. `people` are those it was never trained on. `repaint` may be empty;
/// `progress` is told the share that is done.
MapperReport evaluate_mapper(const personalization::StyleMapper& mapper, const GalleryTaste& taste,
                             PeopleSource& people, const EvaluationOptions& options, const Repaint& repaint,
                             const std::function<void(double)>& progress = {});

}  // namespace atelier::mapping
