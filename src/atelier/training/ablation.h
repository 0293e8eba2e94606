#pragma once

#include <functional>

#include "atelier/training/ablation_plan.h"
#include "atelier/training/ablation_report.h"
#include "atelier/training/trainer.h"

namespace atelier::training {

/// Trains every variation for the same time (or steps) from the same seed, each in its own run folder, judges
/// each on the same held-out pictures and writes ablation.json and ablation.html into plan.run after each.
/// What is finished is not trained again: an interrupted ablation goes on where it was. A variation that
/// diverges is a row that says so. Errors: those of train_base; CannotCreate "ablation.changed" when a run
/// folder holds another configuration; BadData "data.small" when nothing is held out.
AblationReport run_ablation(const AblationPlan& plan, const RunFlags& flags,
                            const std::function<void(const AblationRow&)>& done = {});

}  // namespace atelier::training
