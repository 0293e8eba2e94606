#pragma once

#include <string>
#include <vector>

#include "atelier/storage/preference_store.h"

namespace atelier::storage::test {

Subject subject(const std::string& style, float first = 0.25F);
Answer rating(const std::string& style, double value, std::int64_t time = 1'700'000'000);
Answer choice(const std::string& first, const std::string& second, double value);

/// One of every kind, with everything an answer can hold.
std::vector<Answer> every_kind();

/// The same without what the store gives.
Answer without_id(Answer answer);
std::vector<std::string> styles_of(const std::vector<Answer>& answers);

/// The id of the atelier::Error that `work` throws, "" when it throws none.
template <typename Work>
std::string error_of(Work work);

}  // namespace atelier::storage::test

#include "atelier/core/error.h"

template <typename Work>
std::string atelier::storage::test::error_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error.id();
  }
  return "";
}
