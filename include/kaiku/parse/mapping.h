// Mapping: how the JSON of one source becomes items. It is a value that the configuration fills; a
// parser compiles it once.
//
// Threads: immutable after the plan is built.
// Owns:    its strings.
// Cost:    none at run time; the parser reads only the fields named here.
// Fails:   check() names the field and the remedy.
//
// A field is a list of alternatives, the first that yields a value wins: missing, null and "" are
// no value. A path is a JSON Pointer (RFC 6901) relative to the element of `items` (to the record
// where there is none); a path that begins with "//" is relative to the record even there
// ("//meta/sent_at"). "" is the element itself, of use where the elements are no objects. The first
// of several equal keys is read. A record that is an array, with `items` empty, holds one item per
// element.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/base/status.h"
#include "kaiku/model/item.h"

namespace kaiku::parse {

enum class TimeFormat : uint8_t {
  kAuto,         // text: RFC 3339 and its relatives; numbers: refused, the unit must be said
  kRfc3339,      // with Z, +hh:mm, +hhmm, blank for T, 0-9 decimals
  kTwitter,      // "Wed Oct 10 20:19:24 +0000 2018"
  kUnixSeconds,  // int, decimal, or either as text
  kUnixMillis,
  kUnixMicros,
  kSecondsNanos,  // {"seconds": "1", "nanos": 2}
  kLocal,         // "2010-12-01 08:26:00" or a date alone, in `zone`
};

// True if the text of the value at `path` is one of `values` (none given: only present and not
// null); `negate` turns it round.
struct Condition {
  std::string path;
  std::vector<std::string> values;
  bool negate = false;
};

// What a value is turned into text, number or time from.
struct Extract {
  enum class Kind : uint8_t {
    kPath,      // the value at `path`
    kConstant,  // `constant`
    kExists,    // `path` present and not null ? then_value : else_value
    kPrefix,    // text at `path` begins with `prefix` ? then_value : else_value; missing: no value
    kMultiply,  // exact product of the decimals at `path` and `second_path`; field `amount` only
    kJoin,      // the values of `parts` one after the other, no value unless all have one
  };

  Kind kind = Kind::kPath;
  std::string path;
  std::string second_path;
  std::string constant;  // kConstant
  std::string prefix;
  std::string then_value;
  std::string else_value;
  // kPath only: text of the value -> replacement; what is not in the map stays as it is, or becomes
  // `fallback` if that is set, and so does a missing value. true, false and numbers have the text
  // they have in JSON. A replacement of "" is no value.
  std::vector<std::pair<std::string, std::string>> map;
  std::optional<std::string> fallback;
  TimeFormat time_format = TimeFormat::kAuto;
  std::string zone;             // kLocal
  bool html = false;            // text is HTML
  std::vector<Extract> parts;   // kJoin: of kinds kPath and kConstant
  std::vector<Condition> when;  // no value unless all hold
};

struct FieldRule {
  // Canonical name: "event_id", "occurred_at", "author.id", "metrics.likes", "amount_minor", ...
  std::string field;
  std::vector<Extract> alternatives;
};

struct Mapping {
  std::string name;        // "x_v2", or the source it is inline in
  bool canonical = false;  // items in the canonical schema, no rules
  // JSON Pointer of the array of items; "" for one item a record. An object there is one item.
  std::string items;
  // Other places the items may stand at; a record has one of them.
  std::vector<std::string> items_alternatives;
  // A record that has none of these places is itself the item; else it is a reject.
  bool items_optional = false;
  std::vector<Condition> when;  // all must hold, else an item is ignored
  std::vector<FieldRule> rules;
  // Bit i: the plan reads canonical_fields()[i]. The parser leaves out the others, unless it needs
  // them itself (identity, type, time, money).
  uint64_t fields_used = ~uint64_t{0};
};

// All canonical field names a rule may set, in the order of documentation.
[[nodiscard]] const std::vector<std::string_view>& canonical_fields();
// The first thing wrong with a mapping: unknown field, bad pointer, missing required field. A
// parser may only be given a mapping that passes. Required are event_id, type and channel
// (occurred_at falls back to the Kafka time of the record when no rule names it).
[[nodiscard]] base::Status check(const Mapping& mapping);
// A shipped mapping by name ("canonical", "x_v1", "x_v2", "shopify_order", ...); nothing if there
// is none.
[[nodiscard]] std::shared_ptr<const Mapping> shipped_mapping(std::string_view name);
[[nodiscard]] std::vector<std::string_view> shipped_mapping_names();

}  // namespace kaiku::parse
