#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "atelier/weights/safetensors_file.h"
#include "atelier/weights/safetensors_writer.h"

namespace torch::nn {
class Module;
}

namespace atelier::tensor {

using TensorMap = std::map<std::string, at::Tensor>;

/// Every tensor of a safetensors file, in its stored type (F16 and BF16 become float).
TensorMap to_tensors(const weights::SafetensorsFile& file);

/// The other way round; float tensors and int64 tensors on any device.
std::vector<weights::NamedTensor> to_named(const TensorMap& tensors);

/// Parameters and buffers of a module by name, without gradient history. They share memory with the module.
TensorMap state_of(const torch::nn::Module& module, const std::string& prefix = "");

/// Copies values into a module. Error BadData "model.tensors" lists the first five differences when names or
/// shapes do not match one to one; `where` names the file.
void load_state(torch::nn::Module& module, const TensorMap& tensors, const std::string& where);

/// The tensors whose name starts with `prefix`, with the prefix cut off.
TensorMap with_prefix(const TensorMap& tensors, const std::string& prefix);

}  // namespace atelier::tensor
