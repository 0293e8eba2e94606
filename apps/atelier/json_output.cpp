#include "json_output.h"

#include <iostream>

namespace atelier::cli {

void print_json(const nlohmann::json& result) {
  std::cout << result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
}

}  // namespace atelier::cli
