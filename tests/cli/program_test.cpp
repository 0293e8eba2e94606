#include "program_test.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "atelier/image/write_image.h"
#include "support/synthetic_photo.h"
#include "support/tiny_bundle.h"

namespace atelier::test {

ProgramTest::ProgramTest() : model_(write_tiny_bundle(model_folder_)) {
  write("photo.png", synthetic_photo(60, 44, 1));
}

ProgramResult ProgramTest::run(const std::vector<std::string>& arguments, RunOptions options) const {
  if (options.folder == ".") options.folder = folder_.path();
  options.environment.insert(
      options.environment.begin(),
      {"ATELIER_MODEL=" + model_.string(), "ATELIER_DATA_DIR=" + data_folder_.path().string()});
  return run_program(ATELIER_PROGRAM, arguments, options);
}

nlohmann::json ProgramTest::json(std::vector<std::string> arguments) const {
  arguments.push_back("--json");
  const ProgramResult result = run(arguments);
  EXPECT_EQ(result.status, 0) << result.err;
  return nlohmann::json::parse(result.out, nullptr, false);
}

void ProgramTest::write(const std::string& name, const std::string& bytes) const {
  std::filesystem::create_directories(path(name).parent_path());
  std::ofstream(path(name), std::ios::binary) << bytes;
}

void ProgramTest::write(const std::string& name, const Image& picture) const {
  std::filesystem::create_directories(path(name).parent_path());
  write_image(path(name), picture);
}

std::string ProgramTest::bytes(const std::string& name) const {
  std::ostringstream text;
  text << std::ifstream(path(name), std::ios::binary).rdbuf();
  return text.str();
}

std::size_t ProgramTest::deltas() const {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data_folder_.path()))
    count += entry.path().extension() == ".safetensors" ? 1 : 0;
  return count;
}

std::vector<std::string> ProgramTest::names(const std::string& folder) const {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(path(folder))) {
    found.push_back(entry.path().filename().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

testing::AssertionResult fails_with(const ProgramResult& result, int status, const std::string& part) {
  const auto lines = std::count(result.err.begin(), result.err.end(), '\n');
  if (result.status == status && lines == 1 && result.err.find(part) != std::string::npos &&
      result.out.empty()) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "expected status " << status << " and one line with '" << part
                                     << "', got " << result.status << "\nstdout: " << result.out
                                     << "\nstderr: " << result.err;
}

}  // namespace atelier::test
