#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace atelier::evaluation {

/// Persons in `folds` parts of nearly equal size by a hash of name and seed: the same people, the same split,
/// whatever their order. Who stands in fold f is scored by predictors trained on all others. Error Usage
/// "evaluation.folds" for less than 2 folds or fewer people than folds.
class PeopleSplit {
 public:
  PeopleSplit(const std::vector<std::string>& people, int folds, std::uint64_t seed);

  int folds() const { return folds_; }
  std::vector<std::size_t> scored(int fold) const;   ///< indices, rising
  std::vector<std::size_t> trained(int fold) const;  ///< everybody else, rising

 private:
  int folds_;
  std::vector<int> fold_of_;
};

/// A well-mixed number for a text and a seed, the same on every machine.
std::uint64_t hash_of(const std::string& text, std::uint64_t seed);

}  // namespace atelier::evaluation
