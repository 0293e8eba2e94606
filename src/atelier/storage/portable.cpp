#include "atelier/storage/portable.h"

#include <istream>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <set>
#include <vector>

#include "atelier/core/error.h"
#include "atelier/storage/detail/answer_json.h"

namespace atelier::storage {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr std::size_t kPage = 500;

void write_line(std::ostream& out, const json& line) {
  out << line.dump() << '\n';
  if (!out) {
    throw Error(ErrorCode::Io, "taste.write",
                "the answers could not be written out; free some space and try again");
  }
}

/// The lines of a file, counted, each an object without a repeated key.
class Lines {
 public:
  Lines(std::istream& in, std::string name) : in_(in), name_(std::move(name)) {}

  /// Nothing at the end of the file.
  std::optional<json> next() {
    ++number_;
    std::string line;
    while (true) {
      const int c = in_.get();
      if (c == std::istream::traits_type::eof()) {
        if (in_.bad()) throw Error(ErrorCode::Io, "taste.read", printable(name_) + ": reading failed");
        if (line.empty()) return std::nullopt;
        break;
      }
      if (c == '\n') break;
      if (line.size() == kMaxLineBytes) refuse("is longer than 1 MiB");
      line += static_cast<char>(c);
    }
    return parse(line);
  }

  [[noreturn]] void refuse(const std::string& cause) const {
    throw Error(
        ErrorCode::BadData, "taste.import",
        printable(name_) + ", line " + std::to_string(number_) + ": " + cause + "; nothing was imported");
  }

 private:
  json parse(const std::string& line) const {
    std::vector<std::set<std::string>> keys;  // of the objects we are in
    const auto watch = [&](int, json::parse_event_t event, json& value) {
      if (event == json::parse_event_t::object_start) keys.emplace_back();
      if (event == json::parse_event_t::object_end) keys.pop_back();
      if (event == json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second) {
        refuse("has the field '" + printable(value.get<std::string>().substr(0, 64)) + "' twice");
      }
      return true;
    };
    json object;
    try {
      object = json::parse(line, watch);
    } catch (const json::exception&) {
      refuse("is not JSON");
    }
    if (!object.is_object()) refuse("is not a JSON object");
    return object;
  }

  std::istream& in_;
  const std::string name_;
  std::size_t number_ = 0;
};

void check_header(Lines& lines) {
  const std::optional<json> header = lines.next();
  if (!header || !header->contains("atelier") || (*header)["atelier"] != "taste") {
    lines.refuse("is not the beginning of exported answers ({\"atelier\": \"taste\", ...})");
  }
  const auto version = header->find("version");
  if (version == header->end() || !version->is_number_integer() || version->get<std::int64_t>() < 1) {
    lines.refuse("has no version");
  }
  if (version->get<std::int64_t>() > kVersion) {
    throw Error(ErrorCode::Unavailable, "taste.version",
                "the file was exported by a newer atelier (format " +
                    std::to_string(version->get<std::int64_t>()) + ", this one knows " +
                    std::to_string(kVersion) + "); use that one");
  }
}

void check_end(Lines& lines, const json& end, std::size_t answers) {
  const auto count = end.find("answers");
  if (count == end.end() || !count->is_number_unsigned() || count->get<std::size_t>() != answers) {
    lines.refuse("does not count the answers above it (" + std::to_string(answers) +
                 "); copy the file whole");
  }
  if (lines.next()) lines.refuse("comes after the end");
}

StoredAnswer parse_answer(const Lines& lines, const json& line) {
  try {
    return detail::from_json(line);
  } catch (const Error& error) {
    lines.refuse(error.what());
  }
}

}  // namespace

std::size_t export_taste(PreferenceStore& store, const std::string& user, std::ostream& out) {
  const Settings settings = store.settings(user);
  write_line(
      out, {{"atelier", "taste"},
            {"version", kVersion},
            {"user", user},
            {"settings",
             {{"pooled_learning", settings.pooled_learning}, {"retention_days", settings.retention_days}}}});
  std::size_t count = 0;
  for (std::int64_t last = 0;;) {
    const std::vector<StoredAnswer> page = store.history(user, last, kPage);
    for (const StoredAnswer& stored : page) write_line(out, detail::to_json(stored, detail::Digits::Short));
    count += page.size();
    if (page.size() < kPage) break;
    last = page.back().answer.id;
  }
  write_line(out, {{"end", true}, {"answers", count}});
  out.flush();
  if (!out) {
    throw Error(ErrorCode::Io, "taste.write",
                "the answers could not be written out; free some space and try again");
  }
  return count;
}

ImportResult import_taste(PreferenceStore& store, const std::string& user, std::istream& in,
                          const std::string& name) {
  ImportResult result;
  store.together([&] {
    Lines lines(in, name);
    check_header(lines);
    while (true) {
      const std::optional<json> line = lines.next();
      if (!line) lines.refuse("is missing: the file ends before its last line; copy it whole");
      if (line->contains("end")) return check_end(lines, *line, result.added + result.known);
      const StoredAnswer stored = parse_answer(lines, *line);
      // Without a name of its own an answer would be added again every time.
      if (stored.uid.empty() && stored.answer.token.empty()) lines.refuse("has neither a token nor a uid");
      ++(store.restore(user, stored) ? result.added : result.known);
    }
  });
  return result;
}

}  // namespace atelier::storage
