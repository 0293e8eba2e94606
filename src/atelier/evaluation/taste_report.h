#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "atelier/evaluation/latency.h"
#include "atelier/evaluation/real_people.h"
#include "atelier/evaluation/simulated_people.h"
#include "atelier/evaluation/statistics.h"

namespace atelier::evaluation {

/// A table for people; the first row is the heading.
struct ReportTable {
  std::string title;
  std::vector<std::string> notes;  ///< sentences below the title
  std::vector<std::vector<std::string>> rows;
};

/// Something that was promised.
struct Bar {
  std::string what;
  bool at_least = true;  ///< else at most
  double wanted = 0;
  double measured = 0;  ///< not-a-number: nothing was measured
  std::string unit;     ///< "ms" or empty

  bool reached() const { return at_least ? measured >= wanted : measured <= wanted; }
  double short_by() const;  ///< 0 when reached
};

/// What `atelier evaluate taste` found out: tables, bars and the same numbers as JSON.
class TasteReport {
 public:
  explicit TasteReport(std::uint64_t seed) : seed_(seed) {}

  /// Learning curves, calibration and, for art91 and oasis, their bars.
  void add(const RealPeopleResult& result);
  void add(const SimulatedPeopleResult& result);
  void add(const std::vector<LatencyRow>& rows, bool has_mapper);
  /// Something that was left out and why: said aloud at the top.
  void add_note(const std::string& note);

  const std::vector<std::string>& notes() const { return notes_; }
  const std::vector<ReportTable>& tables() const { return tables_; }
  const std::vector<Bar>& bars() const { return bars_; }
  /// Bars as a table with REACHED or "short by ...".
  ReportTable bar_table() const;
  bool all_reached() const;

  nlohmann::json to_json() const;
  std::string to_markdown() const;  ///< the whole document

 private:
  void add_bar(const std::string& what, bool at_least, double wanted, double measured,
               const std::string& unit = "");
  void add_curves(const RealPeopleResult& result, const std::string& title, double PersonScore::*field);
  void add_real_bars(const RealPeopleResult& result);
  void add_ceiling(const RealPeopleResult& result);

  std::uint64_t seed_;
  std::vector<std::string> notes_;
  std::vector<ReportTable> tables_;
  std::vector<Bar> bars_;
  nlohmann::json real_ = nlohmann::json::array(), simulated_, latency_ = nlohmann::json::array();
};

}  // namespace atelier::evaluation
