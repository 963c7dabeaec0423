// Parser turns the bytes of one record into items, by the mapping of its source.
//
// Threads: one parser per source and worker; confined to that worker.
// Owns:    its buffers: a record is copied into a padded one. Views of an item die with the call.
// Cost:    about 0.9 us for an 800-byte canonical record of which 25 fields are read; only fields
//          that the mapping names are.
// Fails:   never throws. What cannot be used goes to ItemSink::on_reject: class, code and field.
//
// How strict: the whole record is checked to be UTF-8 with closed strings and without raw control
// characters, and whatever is read is checked against RFC 8259 (one document, nothing behind it). A
// record that gave a reject or no item at all is then read once more from end to end: if it is not
// JSON, or deeper than limits::kJsonDepth, it ends as one reject of class parse, and whatever items
// it gave are dropped. So a record whose unread parts alone are malformed (a bad number in a field
// that nobody asked for) is accepted, and that is the only leniency besides a leading byte order
// mark, which is skipped.
//
// Codes. parse: empty, not_json, bad_utf8, trailing_content, depth. too_large: record_size,
// item_size, item_count. schema: not_object, missing_items, missing_field, wrong_type,
// unknown_value, too_long, bad_number, bad_time, time_unit, bad_amount, ambiguous_amount. currency:
// bad_currency.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "kaiku/base/event_time.h"
#include "kaiku/model/item.h"
#include "kaiku/model/outcome.h"
#include "kaiku/parse/mapping.h"
#include "kaiku/parse/zone_resolver.h"

namespace kaiku::parse {

// Why a record or one of its items could not be used.
struct Reject {
  model::ErrorClass error = model::ErrorClass::kParse;
  std::string_view code;     // stable, e.g. "not_json", "missing_field", "bad_time", "depth"
  std::string_view field;    // the canonical field or the pointer, "" for the whole record
  std::string_view message;  // for people; holds no payload
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
  // `mapping` has passed check(). Without `zones` local times are understood in UTC only.
  explicit Parser(std::shared_ptr<const Mapping> mapping,
                  std::shared_ptr<const ZoneResolver> zones = nullptr);
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser();

  // Calls the sink once for each item of `value`, in their order; at least one call for every
  // record. A record that is not JSON gives exactly one reject and no item. `kafka_time` is the
  // time of items whose mapping names none.
  void parse(std::string_view value, base::EventTime kafka_time, ItemSink& sink);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::parse
