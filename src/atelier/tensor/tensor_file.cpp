#include "atelier/tensor/tensor_file.h"

#include <torch/torch.h>

#include <algorithm>
#include <sstream>

#include "atelier/core/error.h"

namespace atelier::tensor {

TensorMap to_tensors(const weights::SafetensorsFile& file) {
  TensorMap result;
  for (const weights::TensorView& view : file.tensors()) {
    if (view.dtype == weights::DType::I64) {
      const std::vector<std::int64_t> values = file.integers(view.name, view.shape);
      result.emplace(view.name,
                     torch::tensor(at::ArrayRef<std::int64_t>(values), torch::kLong).view(view.shape));
    } else {
      const std::vector<float> values = weights::to_floats(view);
      result.emplace(view.name, torch::tensor(at::ArrayRef<float>(values), torch::kFloat32).view(view.shape));
    }
  }
  return result;
}

std::vector<weights::NamedTensor> to_named(const TensorMap& tensors) {
  std::vector<weights::NamedTensor> result;
  for (const auto& [name, value] : tensors) {
    weights::NamedTensor named{.name = name, .shape = value.sizes().vec()};
    if (value.scalar_type() == torch::kLong) {
      const at::Tensor flat = value.to(torch::kCPU).contiguous();
      named.integers.assign(flat.data_ptr<std::int64_t>(), flat.data_ptr<std::int64_t>() + flat.numel());
    } else {
      const at::Tensor flat = value.to(torch::kCPU, torch::kFloat32).contiguous();
      named.values.assign(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
    }
    result.push_back(std::move(named));
  }
  return result;
}

TensorMap with_prefix(const TensorMap& tensors, const std::string& prefix) {
  TensorMap result;
  for (const auto& [name, value] : tensors) {
    if (name.rfind(prefix, 0) == 0) result.emplace(name.substr(prefix.size()), value);
  }
  return result;
}

TensorMap state_of(const torch::nn::Module& module, const std::string& prefix) {
  TensorMap result;
  for (const auto& item : module.named_parameters())
    result.emplace(prefix + item.key(), item.value().detach());
  for (const auto& item : module.named_buffers()) result.emplace(prefix + item.key(), item.value().detach());
  return result;
}

void load_state(torch::nn::Module& module, const TensorMap& tensors, const std::string& where) {
  torch::NoGradGuard no_grad;
  TensorMap own = state_of(module);
  std::vector<std::string> faults;
  for (const auto& [name, value] : own) {
    const auto found = tensors.find(name);
    if (found == tensors.end()) {
      faults.push_back(name + " is missing");
    } else if (found->second.sizes() != value.sizes()) {
      std::ostringstream fault;
      fault << name << " has shape " << found->second.sizes() << ", expected " << value.sizes();
      faults.push_back(fault.str());
    }
  }
  for (const auto& item : tensors) {
    if (own.count(item.first) == 0) faults.push_back(item.first + " is not part of this network");
  }
  if (!faults.empty()) {
    std::string message = printable(where) + ": weights of another architecture:";
    for (std::size_t i = 0; i < std::min<std::size_t>(faults.size(), 5); ++i)
      message += " " + faults[i] + ";";
    message += " " + std::to_string(faults.size()) + " differences in all";
    throw Error(ErrorCode::BadData, "model.tensors", message);
  }
  for (auto& [name, value] : own) value.copy_(tensors.at(name));
}

}  // namespace atelier::tensor
