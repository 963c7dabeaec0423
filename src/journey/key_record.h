// KeyRecord: the value of one key in kKeys: its entries, the days that met a bound, the
// days on which its questions end.
//
// Threads: a value.
// Owns:    its strings.
// Cost:    some 100 bytes per entry in memory, 25 in the store.
// Fails:   decode() is false on anything but a well-formed value.
// Format:  see key_book.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/model/key_message.h"

namespace kaiku::journey {

struct HeldEntry {
  model::EntryKind kind = model::EntryKind::kTouch;
  base::Digest id;
  base::EventTime at = base::kNoTime;
  std::string brand;
  std::string channel;

  friend bool operator==(const HeldEntry&, const HeldEntry&) = default;
};

// A day that has more entries of a kind than are kept.
struct FullDay {
  int32_t day = 0;
  model::EntryKind kind = model::EntryKind::kTouch;
  bool shared = false;
  std::vector<uint32_t> cut;  // tags of the entries that are not kept, sorted

  friend bool operator==(const FullDay&, const FullDay&) = default;
};

struct KeyRecord {
  model::KeyKind key_kind = model::KeyKind::kCustomer;
  base::EventTime first_order = base::kNoTime;  // of the orders that are not kept any more
  std::vector<HeldEntry> entries;               // by (time, id, kind)
  std::vector<FullDay> days;                    // by (day, kind)
  std::vector<int32_t> question_days;           // on which questions end, ascending

  friend bool operator==(const KeyRecord&, const KeyRecord&) = default;

  struct Placed {
    bool cut = false;     // an entry is beyond the bound now
    bool shared = false;  // the day became a shared one
  };

  // Puts the entry in the place of one with its (kind, id).
  Placed put(HeldEntry entry, size_t per_day);
  void remove(model::EntryKind kind, const base::Digest& id);
  // Drops what lies before a time, whatever day's bounds it met; answers how many entries.
  size_t forget(base::EventTime before);
  // An order too old to be kept, or no longer kept.
  void remember_order(base::EventTime at);
  // True if it was not there.
  bool add_question_day(int32_t day);
  // Drops entries before `floor`, and takes out the days of questions before `question_floor`.
  std::vector<int32_t> purge(base::EventTime floor, base::EventTime question_floor);
  // The end of the earliest day that holds entries, or on which a question ends; kTimeEnd if none
  // does.
  [[nodiscard]] base::EventTime first_day_end() const;
  [[nodiscard]] base::EventTime first_question_end() const;

  [[nodiscard]] bool is_empty() const {
    return entries.empty() && days.empty() && question_days.empty() && first_order == base::kNoTime;
  }

  [[nodiscard]] std::string encode() const;
  [[nodiscard]] bool decode(std::string_view value);

 private:
  void bound(int32_t day, model::EntryKind kind, size_t per_day, Placed& placed);
  [[nodiscard]] std::vector<FullDay>::iterator day_at(int32_t day, model::EntryKind kind);
};

}  // namespace kaiku::journey
