#include "atelier/training/detail/teacher_network.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "atelier/nn/reference_networks.h"
#include "support/expect_error.h"
#include "support/random_vgg19.h"
#include "support/temp_dir.h"
#include "support/tensor_matchers.h"

namespace atelier::training {
namespace {

TEST(TeacherNetworkTest, Vgg19MeasuresTheSameWithAndWithoutGradients) {
  const test::TempDir folder;
  const auto teacher = load_teacher_network("vgg19", test::write_random_vgg19(folder / "vgg19.safetensors"));
  const at::Tensor pictures = torch::rand({2, 3, 32, 48});
  const auto quick = teacher->features(pictures);
  const auto learning = teacher->features(pictures.clone().requires_grad_());
  ASSERT_EQ(quick.size(), learning.size());
  for (std::size_t t = 0; t < quick.size(); ++t) {
    EXPECT_FALSE(quick[t].requires_grad());
    EXPECT_TRUE(learning[t].requires_grad());
    ASSERT_EQ(quick[t].sizes(), learning[t].sizes());
    EXPECT_LT(((quick[t] - learning[t]).abs().max() / learning[t].abs().max()).item<double>(), 1e-4) << t;
  }
}

TEST(TeacherNetworkTest, UnderNoGradNothingIsRecordedWhateverThePictureWants) {
  const test::TempDir folder;
  const auto teacher = load_teacher_network("vgg19", test::write_random_vgg19(folder / "vgg19.safetensors"));
  torch::NoGradGuard no_grad;
  EXPECT_FALSE(teacher->features(torch::rand({1, 3, 32, 32}).requires_grad_())[3].requires_grad());
}

TEST(TeacherNetworkTest, OtherNetworksAreTheReferenceNetworks) {
  const at::Tensor picture = torch::rand({1, 3, 32, 32});
  const auto ours = load_teacher_network("filters", {})->features(picture),
             theirs = nn::load_reference_network("filters", {})->features(picture);
  for (std::size_t t = 0; t < theirs.size(); ++t) EXPECT_TRUE(test::tensors_equal(ours[t], theirs[t]));
  test::expect_error([] { load_teacher_network("vgg16", "x.safetensors"); }, ErrorCode::Usage,
                     "network.kind");
}

}  // namespace
}  // namespace atelier::training
