// QuestionDay: the questions at one key whose spans end on one UTC day: a row of kKeys of its own,
// so that a key that many orders carry is not rewritten whole for each of them.
//
// Threads: a value.
// Owns:    its questions.
// Cost:    36 bytes a question in the store.
// Fails:   decode() is false on anything but a well-formed value.
// Format:  see key_book.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/model/key_message.h"

namespace kaiku::journey {

struct HeldQuestion {
  model::AskerKind asker_kind = model::AskerKind::kOrder;
  base::Digest asker;
  model::EntryKind kind = model::EntryKind::kTouch;
  uint64_t number = 0;
  base::EventTime from = base::kNoTime;
  base::EventTime to = base::kNoTime;

  friend bool operator==(const HeldQuestion&, const HeldQuestion&) = default;
};

struct QuestionDay {
  std::vector<HeldQuestion> questions;  // by (asker kind, asker, kind)

  struct Placed {
    bool known = false;               // a question of its number or a later one is there
    std::optional<HeldQuestion> cut;  // the one beyond the bound now: the last by (to, asker)
  };

  // In the place of an earlier one of its asker.
  Placed put(const HeldQuestion& question, size_t most);

  [[nodiscard]] std::string encode() const;
  [[nodiscard]] bool decode(std::string_view value);
};

// Row of a key's questions of a day: the digest, the day.
[[nodiscard]] std::string question_row_of(const base::Digest& key, int32_t day);
// False if the row is none of these.
[[nodiscard]] bool parse_question_row(std::string_view row, base::Digest& key, int32_t& day);

}  // namespace kaiku::journey
