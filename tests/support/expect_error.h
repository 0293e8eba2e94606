#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "atelier/core/error.h"

namespace atelier::test {

/// Runs `action`, which must throw an Error with this code and id; returns its message, so that a test can
/// look for the words that matter.
template <typename Action>
std::string expect_error(Action action, ErrorCode code, const std::string& id) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_EQ(error.id(), id) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error, expected " << id;
  return {};
}

}  // namespace atelier::test
