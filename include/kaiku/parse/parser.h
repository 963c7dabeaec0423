// Parser turns the bytes of one record into items, by the mapping of its source.
//
// Threads: one parser per source and worker; confined to that worker.
// Owns:    its buffers: a record is copied into a padded one. The views of an item die with the call.
// Cost:    about 0.5 us for an 800-byte record of 15 fields; only the fields the mapping names are read.
// Fails:   never throws. What cannot be used goes to ItemSink::reject with class, code and field.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "kaiku/base/event_time.h"
#include "kaiku/model/item.h"
#include "kaiku/model/outcome.h"
#include "kaiku/parse/mapping.h"

namespace kaiku::parse {

// Why a record or one of its items could not be used.
struct Reject {
  model::ErrorClass error = model::ErrorClass::kParse;
  std::string_view code;        // stable, e.g. "not_json", "missing_field", "bad_time", "depth"
  std::string_view field;       // the canonical field or the pointer, "" for the whole record
  std::string_view message;     // for people; holds no payload
};

class ItemSink {
 public:
  ItemSink() = default;
  ItemSink(const ItemSink&) = delete;
  ItemSink& operator=(const ItemSink&) = delete;
  virtual ~ItemSink() = default;
  virtual void on_item(const model::Item& item) = 0;
  virtual void on_reject(const Reject& reject) = 0;
  // The mapping says that this is no item of ours (a `when` that did not hold, an empty `items`).
  virtual void on_ignored() = 0;
};

class Parser {
 public:
  explicit Parser(std::shared_ptr<const Mapping> mapping);
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser();

  // Calls the sink once for each item of `value`; at least one call for every record. A record that
  // fails anywhere is validated as a whole once to choose its class (parse or schema): a record that is
  // not JSON gives exactly one reject and no item. `kafka_time` is the fallback for times.
  void parse(std::string_view value, base::EventTime kafka_time, ItemSink& sink);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::parse
