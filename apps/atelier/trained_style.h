#pragma once

#include "atelier/inference/stylizer.h"
#include "atelier/model/model_bundle.h"
#include "atelier/model/style_delta.h"
#include "program.h"
#include "style_argument.h"

namespace atelier::cli {

/// What the styles of a choice trained beside their codes, mixed like the codes; empty when nothing was.
/// Errors of StyleDelta::read and require_fits; Usage "style.delta_network" when `bundle` paints with a
/// distilled network, which no trained style fits, "style.layers_blend" when one that trained layers is to
/// be mixed.
model::StyleDelta trained_delta(const ChosenStyle& chosen, const model::ModelBundle& bundle);

/// A stylizer whose generator has the layers of `delta`.
inference::Stylizer open_trained(const Program& program, const model::ModelBundle& bundle, int threads,
                                 const model::StyleDelta& delta);

}  // namespace atelier::cli
