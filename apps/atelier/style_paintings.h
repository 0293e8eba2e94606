#pragma once

#include <string>
#include <vector>

#include "atelier/image/image.h"
#include "atelier/model/model_bundle.h"
#include "atelier/style/style_library.h"
#include "program.h"

namespace atelier::cli {

/// `scene` in each of the styles, in their order, with the detail that suits them and whatever they trained
/// beside their codes. Shows progress, stops when interrupted.
std::vector<Image> paint_styles(const Program& program, const model::ModelBundle& bundle, const Image& scene,
                                const std::vector<const style::NamedStyle*>& styles);

}  // namespace atelier::cli
