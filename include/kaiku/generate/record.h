// Record: one record of a generated topic, as a log would hold it.
//
// Threads: a value; reuse one for speed.
// Owns:    key and value.
// Cost:    some 800 bytes.
// Fails:   never.
// Format:  an envelope is one line:
//          {"partition":0,"offset":12,"timestamp":"2026-03-02T10:00:00.000000Z",
//          "key":"..."|null,"value":"..."}; a value that is not UTF-8 stands as "value_base64".
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "kaiku/base/event_time.h"

namespace kaiku::generate {

enum class Source : uint8_t {
  kPosts,    // mentions and bug reports; brands are named in the text
  kSupport,  // support messages
  kOrders,   // orders, refunds, ad spend
};
inline constexpr size_t kSources = 3;
inline constexpr std::array<std::string_view, kSources> kSourceNames = {
    "posts", "support", "orders"};

struct Record {
  Source source = Source::kPosts;
  int32_t partition = 0;
  int64_t offset = 0;
  base::EventTime timestamp = base::kNoTime;  // the log's own time, whole milliseconds
  bool has_key = false;
  bool is_utf8 = true;
  std::string key;
  std::string value;
};

// Appends the line, without a line end.
void write_envelope(const Record& record, std::string& out);
[[nodiscard]] std::string write_envelope(const Record& record);

}  // namespace kaiku::generate
