#include "atelier/weights/tensor_checks.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "atelier/core/error.h"

namespace atelier::weights {
namespace {

constexpr std::size_t kListedDifferences = 5;

}  // namespace

void require_finite(const SafetensorsFile& file) {
  for (const TensorView& tensor : file.tensors()) {
    if (tensor.dtype == DType::I64) continue;
    const std::vector<float> values = to_floats(tensor);
    const auto bad =
        std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
    if (bad == values.end()) continue;
    throw Error(ErrorCode::BadData, "model.nonfinite",
                file.name() + ": tensor '" + printable(tensor.name) + "' holds " + std::to_string(*bad) +
                    " at position " + std::to_string(bad - values.begin()) +
                    "; its training went wrong, use an earlier checkpoint");
  }
}

void require_tensors(const SafetensorsFile& file, const std::vector<ExpectedTensor>& expected) {
  std::vector<std::string> differences;
  std::set<std::string> names;
  for (const ExpectedTensor& want : expected) {
    names.insert(want.name);
    const TensorView* have = file.find(want.name);
    if (have == nullptr) {
      differences.push_back("'" + want.name + "' is missing");
    } else if (have->shape != want.shape) {
      differences.push_back("'" + want.name + "' is " + shape_text(have->shape) + " instead of " +
                            shape_text(want.shape));
    } else if (have->dtype == DType::I64) {
      differences.push_back("'" + want.name + "' holds integers");
    }
  }
  for (const TensorView& have : file.tensors()) {
    if (!names.contains(have.name)) differences.push_back("'" + printable(have.name) + "' is not known");
  }
  if (differences.empty()) return;

  std::string list;
  for (std::size_t i = 0; i < std::min(differences.size(), kListedDifferences); ++i) {
    list += (i == 0 ? "" : ", ") + differences[i];
  }
  if (differences.size() > kListedDifferences) {
    list += " and " + std::to_string(differences.size() - kListedDifferences) + " more";
  }
  throw Error(
      ErrorCode::BadData, "model.tensors",
      file.name() + ": the weights do not fit the architecture: " + list + "; use files of one model");
}

}  // namespace atelier::weights
