#include "atelier/evaluation/rating_set.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "atelier/core/error.h"
#include "atelier/evaluation/detail/tsv_table.h"

namespace atelier::evaluation {
namespace {

using detail::TsvTable;
namespace fs = std::filesystem;

// Columns are added one by one; those that say nothing about at least two items are left out.
class ContentBuilder {
 public:
  explicit ContentBuilder(std::size_t items) : items_(static_cast<Eigen::Index>(items)) {}

  /// labels[i] are the words of item i; a word becomes a 0/1 column when `least` items or more have it.
  void add_labels(const std::string& prefix, const std::vector<std::set<std::string>>& labels,
                  std::size_t least) {
    std::map<std::string, std::vector<std::size_t>> holders;
    for (std::size_t item = 0; item < labels.size(); ++item) {
      for (const std::string& label : labels[item]) holders[label].push_back(item);
    }
    for (const auto& [label, items] : holders) {
      if (items.size() < least || items.size() == labels.size()) continue;
      Eigen::VectorXd column = Eigen::VectorXd::Zero(items_);
      for (const std::size_t item : items) column[static_cast<Eigen::Index>(item)] = 1;
      add(prefix + label, column);
    }
  }

  /// Not-a-number where an item has none: it gets the mean of the others.
  void add_number(const std::string& name, Eigen::VectorXd column) {
    double sum = 0, squares = 0, known = 0;
    for (const double value : column) {
      if (std::isnan(value)) continue;
      sum += value;
      squares += value * value;
      ++known;
    }
    if (known < 2) return;
    const double mean = sum / known, variance = squares / known - mean * mean;
    if (variance < 1e-12 * (1 + mean * mean)) return;
    for (double& value : column) value = std::isnan(value) ? 0 : (value - mean) / std::sqrt(variance);
    add(name, column);
  }

  void finish(RatingSet& set) const {
    set.content.resize(items_, static_cast<Eigen::Index>(columns_.size()));
    for (std::size_t i = 0; i < columns_.size(); ++i)
      set.content.col(static_cast<Eigen::Index>(i)) = columns_[i];
    set.content_names = names_;
  }

 private:
  void add(const std::string& name, const Eigen::VectorXd& column) {
    names_.push_back(name);
    columns_.push_back(column);
  }

  Eigen::Index items_;
  std::vector<std::string> names_;
  std::vector<Eigen::VectorXd> columns_;
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// "Dutch and Flemish Renaissance" -> dutch, flemish, renaissance: movements share words, not whole names.
// "Neoclassical" and "Neoclassicism" share their first eight letters.
std::set<std::string> words_of(const std::string& text) {
  std::set<std::string> words;
  std::string word;
  for (const char c : lower(text) + " ") {
    if ((c >= 'a' && c <= 'z') || (c & 0x80) != 0) {
      word += c;
    } else {
      if (word.size() > 2 && word != "and") words.insert(word.substr(0, 8));
      word.clear();
    }
  }
  return words;
}

std::string without_trailing_number(std::string text) {
  while (!text.empty() && (text.back() == ' ' || (text.back() >= '0' && text.back() <= '9'))) text.pop_back();
  return text;
}

// Item numbers are 1..N in any order; the catalogue's index is the row.
std::map<int, int> read_items(const TsvTable& table, RatingSet& set) {
  std::map<int, int> rows;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const int item = table.whole(row, "item", 1, 1000000);
    if (!rows.emplace(item, static_cast<int>(row)).second) {
      throw Error(ErrorCode::BadData, "ratings.twice",
                  table.where(row) + ": item " + std::to_string(item) + " is listed twice");
    }
    set.items.push_back(table.text(row, "item"));
  }
  return rows;
}

void add_pictures(const fs::path& folder, const TsvTable& items, const MeasurePicture& measure,
                  ContentBuilder& content) {
  if (!measure) return;
  std::map<std::string, Eigen::VectorXd> columns;
  for (std::size_t row = 0; row < items.rows(); ++row) {
    const std::string& name = items.text(row, "image");
    if (name.empty()) continue;
    for (const auto& [key, value] : measure(folder / name)) {
      auto [column, is_new] = columns.try_emplace(key);
      if (is_new)
        column->second = Eigen::VectorXd::Constant(static_cast<Eigen::Index>(items.rows()), std::nan(""));
      column->second[static_cast<Eigen::Index>(row)] = value;
    }
  }
  for (const auto& [key, column] : columns) content.add_number(key, column);
}

// `round` is the column that separates first and second ratings, or empty.
void read_ratings(const fs::path& path, const std::map<int, int>& items, const std::string& column,
                  const std::string& round, RatingSet& set) {
  std::vector<std::string> columns = {"user", "item", column};
  if (!round.empty()) columns.push_back(round);
  const TsvTable table = TsvTable::read(path, columns);
  std::map<std::string, std::size_t> people;
  std::set<std::tuple<std::size_t, int, int>> seen;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto [person, is_new] = people.emplace(table.text(row, "user"), set.people.size());
    if (is_new) {
      set.people.push_back(person->first);
      set.ratings.emplace_back();
      if (!round.empty()) set.repeats.emplace_back();
    }
    const int number = table.whole(row, "item", 1, 1000000);
    const auto item = items.find(number);
    if (item == items.end()) {
      throw Error(ErrorCode::BadData, "ratings.range",
                  table.where(row) + ": item " + std::to_string(number) + " is not in items.tsv");
    }
    const int block = round.empty() ? 1 : table.whole(row, round, 1, 2);
    if (!seen.emplace(person->second, item->second, block).second) {
      throw Error(ErrorCode::BadData, "ratings.twice",
                  table.where(row) + ": user '" + printable(person->first) + "' rated item " +
                      std::to_string(number) + " twice");
    }
    const CatalogueRating rating{item->second, table.number(row, column, set.low, set.high)};
    (block == 1 ? set.ratings : set.repeats)[person->second].push_back(rating);
  }
}

Eigen::VectorXd numbers(const TsvTable& table, const std::string& column) {
  Eigen::VectorXd values(static_cast<Eigen::Index>(table.rows()));
  for (std::size_t row = 0; row < table.rows(); ++row) {
    values[static_cast<Eigen::Index>(row)] =
        table.text(row, column).empty() ? std::nan("") : table.number(row, column);
  }
  return values;
}

std::vector<std::set<std::string>> labels(const TsvTable& table, const std::string& column) {
  std::vector<std::set<std::string>> result;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string& text = table.text(row, column);
    result.push_back(text.empty() ? std::set<std::string>{} : std::set<std::string>{text});
  }
  return result;
}

}  // namespace

std::size_t RatingSet::count() const {
  std::size_t count = 0;
  for (const auto& person : ratings) count += person.size();
  return count;
}

RatingSet load_art91(const fs::path& folder, const MeasurePicture& measure) {
  RatingSet set{.name = "art91", .what = "liking of artworks, 1-7", .low = 1, .high = 7};
  const TsvTable items = TsvTable::read(
      folder / "items.tsv", {"item", "artist", "style", "year", "group", "maker", "intentional", "image"});
  const std::map<int, int> rows = read_items(items, set);
  ContentBuilder content(items.rows());
  std::vector<std::set<std::string>> styles;
  for (std::size_t row = 0; row < items.rows(); ++row) styles.push_back(words_of(items.text(row, "style")));
  content.add_labels("style ", styles, 2);
  content.add_labels("group ", labels(items, "group"), 2);
  content.add_labels("maker ", labels(items, "maker"), 2);
  content.add_labels("artist ", labels(items, "artist"), 2);
  content.add_labels("intended ", labels(items, "intentional"), 2);
  content.add_number("year", numbers(items, "year"));
  add_pictures(folder, items, measure, content);
  content.finish(set);
  read_ratings(folder / "ratings_public.tsv", rows, "liking", "", set);
  return set;
}

RatingSet load_oasis(const fs::path& folder, const MeasurePicture& measure) {
  RatingSet set{.name = "oasis", .what = "beauty of photos, 1-7", .low = 1, .high = 7};
  const TsvTable items = TsvTable::read(folder / "items.tsv", {"item", "theme", "category", "valence_mean",
                                                               "arousal_mean", "sensitive", "image"});
  const std::map<int, int> rows = read_items(items, set);
  ContentBuilder content(items.rows());
  std::vector<std::set<std::string>> themes;
  for (std::size_t row = 0; row < items.rows(); ++row) {
    themes.push_back({without_trailing_number(items.text(row, "theme"))});
  }
  content.add_labels("theme ", themes, 6);
  content.add_labels("category ", labels(items, "category"), 2);
  content.add_labels("sensitive ", labels(items, "sensitive"), 2);
  content.add_number("valence", numbers(items, "valence_mean"));
  content.add_number("arousal", numbers(items, "arousal_mean"));
  add_pictures(folder, items, measure, content);
  content.finish(set);
  read_ratings(folder / "beauty_public.tsv", rows, "beauty", "", set);
  return set;
}

RatingSet load_gandogs55(const fs::path& folder, const MeasurePicture& measure) {
  RatingSet set{.name = "gandogs55", .what = "liking of GAN pictures, 0-1, twice each", .low = 0, .high = 1};
  const TsvTable items =
      TsvTable::read(folder / "items.tsv", {"item", "parent_a", "parent_b", "morph", "image"});
  const std::map<int, int> rows = read_items(items, set);
  ContentBuilder content(items.rows());
  // A morph is `morph` of parent b and the rest of parent a; without a parent b it is parent a itself.
  std::map<std::string, Eigen::VectorXd> parents;
  const auto column = [&](const std::string& parent) -> Eigen::VectorXd& {
    return parents.try_emplace(parent, Eigen::VectorXd::Zero(static_cast<Eigen::Index>(items.rows())))
        .first->second;
  };
  for (std::size_t row = 0; row < items.rows(); ++row) {
    const auto i = static_cast<Eigen::Index>(row);
    const bool is_morph = !items.text(row, "parent_b").empty();
    const double share = is_morph ? items.number(row, "morph", 0, 1) : 0;
    column(items.text(row, "parent_a"))[i] += 1 - share;
    if (is_morph) column(items.text(row, "parent_b"))[i] += share;
  }
  for (const auto& [parent, values] : parents) content.add_number("parent " + parent, values);
  add_pictures(folder, items, measure, content);
  content.finish(set);
  read_ratings(folder / "ratings_public.tsv", rows, "rating", "block", set);
  return set;
}

}  // namespace atelier::evaluation
