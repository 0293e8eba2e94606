#pragma once

#include <string_view>

namespace atelier::evaluation {

/// The body of a study's page: who answers, the two pictures, the end.
std::string_view study_markup();
/// The page at work. Expects a constant STUDY {"study", "question", "pairs"}; makes the answers' file
/// {"schema", "study", "person", "answers": [{"pair", "left", "picked", "seconds"}]}: `left` is the picture
/// (0 or 1) that stood on the left, `picked` the picture chosen, or null for "identical".
std::string_view study_script();

}  // namespace atelier::evaluation
