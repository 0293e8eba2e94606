#include "atelier/mapping/detail/answering_style.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"

namespace atelier::mapping {
namespace {

constexpr std::size_t kMaxTableBytes = std::size_t{256} << 20;
constexpr std::size_t kFewestRatings = 20;  // of a person, for a mean and a deviation worth the name
constexpr double kUsualNoise = 0.6;

/// One person's ratings by item, in the order they were given.
using PersonRatings = std::map<std::string, std::vector<double>>;

struct Table {
  std::map<std::string, PersonRatings> people;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  std::size_t ratings = 0;
};

Table read_table(const std::filesystem::path& path) {
  std::istringstream lines(read_file(path, kMaxTableBytes));
  Table table;
  std::string line;
  std::getline(lines, line);
  for (std::size_t number = 2; std::getline(lines, line); ++number) {
    std::istringstream columns(line);
    std::string user, item, text;
    std::getline(columns, user, '\t');
    std::getline(columns, item, '\t');
    std::getline(columns, text, '\t');
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (user.empty() || item.empty() || error != std::errc() || end != text.data() + text.size() ||
        !std::isfinite(value)) {
      throw Error(
          ErrorCode::BadData, "ratings.table",
          printable(path.string()) + ": line " + std::to_string(number) +
              " is not user, item and a number, separated by tabs; correct it or leave the table out");
    }
    table.people[user][item].push_back(value);
    table.low = std::min(table.low, value);
    table.high = std::max(table.high, value);
    ++table.ratings;
  }
  return table;
}

struct Moments {
  double mean = 0, sd = 0;
};

Moments moments_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double v : values) sum += v;
  for (const double v : values) squares += (v - sum / n) * (v - sum / n);
  return {sum / n, std::sqrt(squares / n)};
}

// Correlation between the first two ratings of each item rated twice; NaN without enough of them.
double repeat_correlation(const PersonRatings& ratings) {
  std::vector<double> first, second;
  for (const auto& [item, values] : ratings) {
    if (values.size() < 2) continue;
    first.push_back(values[0]);
    second.push_back(values[1]);
  }
  if (first.size() < kFewestRatings) return std::numeric_limits<double>::quiet_NaN();
  const Moments a = moments_of(first), b = moments_of(second);
  double product = 0;
  for (std::size_t i = 0; i < first.size(); ++i) product += (first[i] - a.mean) * (second[i] - b.mean);
  return product / static_cast<double>(first.size()) / std::max(a.sd * b.sd, 1e-9);
}

double noise_at(double correlation) {
  // Below 0.2 a person answers nearly at random; that family is simulated anyway.
  return std::sqrt(1 / std::clamp(correlation, 0.2, 0.98) - 1);
}

}  // namespace

AnsweringStyles AnsweringStyles::read(const std::filesystem::path& folder) {
  std::error_code failed;
  std::vector<std::filesystem::path> tables;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, failed)) {
    if (entry.path().filename().string().ends_with("_public.tsv")) tables.push_back(entry.path());
  }
  std::sort(tables.begin(), tables.end());
  if (tables.empty()) {
    throw Error(ErrorCode::NoInput, "ratings.missing",
                printable(folder.string()) +
                    ": no folder with tables named '*_public.tsv'; name another \"ratings\" folder or leave "
                    "it empty");
  }
  AnsweringStyles styles;
  double noise_sum = 0;
  std::size_t noise_count = 0;
  for (const std::filesystem::path& path : tables) {
    const Table table = read_table(path);
    Source source{.name = path.parent_path().filename().string(), .people = 0, .ratings = table.ratings};
    double correlations = 0;
    std::size_t repeaters = 0;
    for (const auto& [user, ratings] : table.people) {
      std::vector<double> values;
      for (const auto& [item, given] : ratings) values.insert(values.end(), given.begin(), given.end());
      for (double& v : values) v = 1 + 4 * (v - table.low) / std::max(table.high - table.low, 1e-9);
      const Moments moments = moments_of(values);
      if (values.size() < kFewestRatings || moments.sd < 0.1) continue;
      const double correlation = repeat_correlation(ratings);
      AnsweringStyle person{.offset = moments.mean, .scale = moments.sd, .noise = 0};
      if (std::isfinite(correlation)) {
        person.noise = noise_at(correlation);
        noise_sum += person.noise;
        correlations += correlation;
        ++noise_count;
        ++repeaters;
      }
      styles.people.push_back(person);
      ++source.people;
    }
    if (repeaters > 0) source.repeat_correlation = correlations / static_cast<double>(repeaters);
    styles.sources.push_back(std::move(source));
  }
  const double usual = noise_count > 0 ? noise_sum / static_cast<double>(noise_count) : kUsualNoise;
  for (AnsweringStyle& person : styles.people) {
    if (person.noise == 0) person.noise = usual;
    // What is seen is taste and noise together: the scale belongs to the taste alone.
    person.scale /= std::sqrt(1 + person.noise * person.noise);
  }
  return styles;
}

nlohmann::json AnsweringStyles::to_json() const {
  nlohmann::json rows = nlohmann::json::array();
  for (const Source& s : sources) {
    rows.push_back({{"name", s.name},
                    {"people", s.people},
                    {"ratings", s.ratings},
                    {"repeat_correlation", s.repeat_correlation}});
  }
  return rows;
}

}  // namespace atelier::mapping
