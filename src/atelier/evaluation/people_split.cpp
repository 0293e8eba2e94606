#include "atelier/evaluation/people_split.h"

#include <algorithm>
#include <utility>

#include "atelier/core/error.h"

namespace atelier::evaluation {

std::uint64_t hash_of(const std::string& text, std::uint64_t seed) {
  std::uint64_t hash =
      0xcbf29ce484222325u ^ (seed * 0x9e3779b97f4a7c15u);  // FNV-1a, then splitmix64's finish
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
  return hash ^ (hash >> 31);
}

PeopleSplit::PeopleSplit(const std::vector<std::string>& people, int folds, std::uint64_t seed)
    : folds_(folds), fold_of_(people.size()) {
  if (folds < 2 || people.size() < static_cast<std::size_t>(folds)) {
    throw Error(ErrorCode::Usage, "evaluation.folds",
                std::to_string(people.size()) + " people cannot be split into " + std::to_string(folds) +
                    " folds; at least 2 folds and one person for each are needed");
  }
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  for (std::size_t i = 0; i < people.size(); ++i) order.emplace_back(hash_of(people[i], seed), i);
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < order.size(); ++i) {
    fold_of_[order[i].second] = static_cast<int>(i % static_cast<std::size_t>(folds));
  }
}

std::vector<std::size_t> PeopleSplit::scored(int fold) const {
  std::vector<std::size_t> people;
  for (std::size_t i = 0; i < fold_of_.size(); ++i) {
    if (fold_of_[i] == fold) people.push_back(i);
  }
  return people;
}

std::vector<std::size_t> PeopleSplit::trained(int fold) const {
  std::vector<std::size_t> people;
  for (std::size_t i = 0; i < fold_of_.size(); ++i) {
    if (fold_of_[i] != fold) people.push_back(i);
  }
  return people;
}

}  // namespace atelier::evaluation
