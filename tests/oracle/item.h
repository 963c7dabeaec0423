// One canonical item as the oracle reads it from JSON.
//
// Threads: values.
// Owns:    its strings.
// Cost:    a JSON document.
// Fails:   read_item answers with the class of the dead letter.
// Format:  the canonical event: envelope, social part and business event.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "oracle/oracle.h"

namespace kaiku::oracle {

struct Item {
  std::string type;
  std::string op = "create";
  std::string event_id;
  std::string
      source;  // the connector instance event_id is unique in; "" if the record does not say
  std::string native_id;
  std::string native_version;
  std::string channel;
  std::string brand;
  Micros occurred_at = 0;
  std::optional<Micros> observed_at;
  std::string text;  // title and text
  std::string relation = "original";
  std::string author;
  std::string author_handle;
  std::optional<int64_t> followers;
  std::string role;  // of the author, "": not said
  bool outbound = false;
  bool note = false;  // for colleagues only
  bool auto_reply = false;
  std::string sentiment;                    // "" if there is none
  std::map<std::string, int64_t> counters;  // the ones that are given and not null
  bool test = false;
  // business events
  std::string kind;
  std::string business_id;
  std::string relates_to;
  std::optional<int64_t> amount;  // micros, signed
  std::string currency;
  std::optional<Micros> period_start;  // of ad_spend
  std::optional<Micros> period_end;
};

struct DeadLetter {
  std::string error;  // class
};

[[nodiscard]] std::variant<Item, DeadLetter> read_item(std::string_view json);

}  // namespace kaiku::oracle
