#include "app/expectation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace kaiku::app {
namespace {

constexpr double kAbout = 0.01;   // of a value: durations are kept within that
constexpr size_t kShown = 2'000;  // bytes of a record that are printed

// What a record is about; a record that differs here is another one.
constexpr std::array<std::string_view, 11> kIdentity = {"window",
                                                        "window_start",
                                                        "brand",
                                                        "channel",
                                                        "type",
                                                        "kpi",
                                                        "kind",
                                                        "source",
                                                        "conversation_id",
                                                        "channel_first",
                                                        "opened_at"};
constexpr size_t kIdentityWeight = 4;  // against the one of a figure

// Never as long as a payload may be.
std::string shown(std::string text) {
  if (text.size() > kShown) {
    text.resize(kShown);
    text += "...";
  }
  return text;
}

std::string text_of(const Json& value) {
  return shown(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

bool is_range(const Json& pattern) {
  const bool about = pattern.contains("about") && pattern["about"].is_number();
  const bool between = pattern.contains("between") && pattern["between"].is_array() &&
                       pattern["between"].size() == 2 && pattern["between"][0].is_number() &&
                       pattern["between"][1].is_number();
  const bool within = pattern.contains("within") && pattern["within"].is_number();
  return (about && pattern.size() == (within ? 2U : 1U)) || (between && pattern.size() == 1);
}

bool in_range(const Json& range, double value) {
  if (range.contains("between")) {
    return value >= range["between"][0].get<double>() && value <= range["between"][1].get<double>();
  }
  const double middle = range["about"].get<double>();
  const double width =
      range.contains("within") ? range["within"].get<double>() : std::abs(middle) * kAbout;
  return std::abs(value - middle) <= width;
}

void compare_into(const Json& pattern,
                  const Json& record,
                  const std::string& path,
                  std::vector<Difference>& out) {
  for (const auto& [name, expected] : pattern.items()) {
    std::string field = path;
    field += path.empty() ? "" : ".";
    field += name;
    const auto found = record.find(name);
    if (found == record.end()) {
      out.push_back({field, text_of(expected), "nothing"});
    } else if (expected.is_object() && found->is_object()) {
      compare_into(expected, *found, field, out);
    } else {
      const bool fits = expected.is_object() && is_range(expected)
                            ? found->is_number() && in_range(expected, found->get<double>())
                            : expected == *found;
      if (!fits) {
        out.push_back({field, text_of(expected), text_of(*found)});
      }
    }
  }
}

size_t weight_of(const std::vector<Difference>& differences) {
  size_t weight = 0;
  for (const Difference& difference : differences) {
    const bool is_identity =
        std::find(kIdentity.begin(), kIdentity.end(), difference.field) != kIdentity.end();
    weight += is_identity ? kIdentityWeight : 1;
  }
  return weight;
}

std::string wanted(const config::TestExpectation& expectation, const Json& pattern) {
  std::string out = "in " + expectation.output;
  out += pattern.empty() ? "" : ": " + text_of(pattern);
  out += expectation.text.empty() ? "" : " holding the text " + text_of(Json(expectation.text));
  return out;
}

std::string records_word(size_t count) {
  return count == 1 ? "1 record" : std::to_string(count) + " records";
}

// A slip in a field's name would make an expectation of no record hold for ever.
std::string unknown_fields(const Json& pattern, const std::vector<std::string>& known) {
  std::string out;
  for (const auto& [name, value] : pattern.items()) {
    if (!known.empty() && std::find(known.begin(), known.end(), name) == known.end()) {
      out += "  no such record has a field " + text_of(Json(name)) + "\n";
    }
  }
  if (!out.empty()) {
    out += "  they have:";
    for (const std::string& name : known) {
      out += " " + name;
    }
    out += "\n";
  }
  return out;
}

// Of the records that hold the text, the one that is nearest to the pattern.
std::string describe_nearest(const config::TestExpectation& expectation,
                             const Json& pattern,
                             const std::vector<OutputRecord>& records) {
  const OutputRecord* nearest = nullptr;
  std::vector<Difference> least;
  for (const OutputRecord& record : records) {
    if (record.line.find(expectation.text) == std::string::npos) {
      continue;
    }
    std::vector<Difference> differences = compare(pattern, record.value);
    if (nearest == nullptr || weight_of(differences) < weight_of(least)) {
      nearest = &record;
      least = std::move(differences);
    }
  }
  if (nearest == nullptr) {
    return records.empty() ? "  nothing came out there\n"
                           : "  none of " + records_word(records.size()) + " holds that text\n";
  }
  size_t width = 0;
  for (const Difference& difference : least) {
    width = std::max(width, difference.field.size());
  }
  std::string out = "  nearest of " + records_word(records.size()) + ":\n";
  for (const Difference& difference : least) {
    out += fmt::format("    {:<{}}  expected {}, is {}\n",
                       difference.field,
                       width,
                       difference.expected,
                       difference.found);
  }
  return out + "    " + shown(nearest->line) + "\n";
}

}  // namespace

std::vector<Difference> compare(const Json& pattern, const Json& record) {
  std::vector<Difference> out;
  compare_into(pattern, record, "", out);
  return out;
}

Verdict judge(const config::TestExpectation& expectation,
              const std::vector<OutputRecord>& records,
              const std::vector<std::string>& known_fields) {
  const Json pattern = Json::parse(expectation.contains_json, nullptr, false);
  if (const std::string unknown = unknown_fields(pattern, known_fields); !unknown.empty()) {
    return {false, "expected " + wanted(expectation, pattern) + "\n" + unknown};
  }
  std::vector<const OutputRecord*> fitting;
  for (const OutputRecord& record : records) {
    if (record.line.find(expectation.text) != std::string::npos &&
        compare(pattern, record.value).empty()) {
      fitting.push_back(&record);
    }
  }
  const bool holds = expectation.count ? fitting.size() == static_cast<size_t>(*expectation.count)
                                       : !fitting.empty();
  if (holds) {
    return {true, ""};
  }
  std::string out =
      "expected " +
      (expectation.count ? records_word(static_cast<size_t>(*expectation.count)) : "a record") +
      " " + wanted(expectation, pattern) + "\n";
  if (fitting.empty()) {
    return {false, out + describe_nearest(expectation, pattern, records)};
  }
  constexpr size_t kListed = 5;
  out += "  found " + std::to_string(fitting.size()) + ":\n";
  for (size_t i = 0; i < std::min(fitting.size(), kListed); ++i) {
    out += "    " + shown(fitting[i]->line) + "\n";
  }
  return {false, fitting.size() > kListed ? out + "    ...\n" : out};
}

}  // namespace kaiku::app
