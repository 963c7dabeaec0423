// Any bytes as what the state tables of a shard hold: aggregates and sketches, cells, orders, the
// item table, and the store's own rows. Refused, or the same when it is written again.
#include <optional>

#include "kaiku/aggregate/aggregate.h"
#include "kaiku/dedup/item_table.h"
#include "kaiku/state/memory_store.h"
#include "kaiku/state/tables.h"

#include "board/cell_codec.h"
#include "commerce/order_record.h"
#include "fuzz/rows.h"
#include "fuzz/target.h"

namespace kaiku::fuzz {
namespace {

using aggregate::Aggregate;
using state::TableId;

enum Part : uint8_t { kAggregate, kCell, kOrder, kItems, kStore, kParts };

std::string encoded(const Aggregate& figures) {
  std::string bytes;
  base::ByteWriter out(bytes);
  figures.encode(out);
  return bytes;
}

void try_aggregate(std::string_view bytes) {
  base::ByteReader in(bytes);
  Aggregate figures;
  if (!figures.decode(in) || in.failed()) {
    return;
  }
  const std::string once = encoded(figures);
  base::ByteReader again(once);
  Aggregate copy;
  require(copy.decode(again) && again.at_end());
  require(encoded(copy) == once);
  copy.merge(figures);
  figures.merge(copy);
  require(figures.memory_bytes() < (8U << 20));
}

void try_cell(std::string_view bytes) {
  board::Cell cell;
  if (board::decode_cell(bytes, cell)) {
    std::string once;
    board::encode_cell(cell, once);
    board::Cell copy;
    require(board::decode_cell(once, copy) && copy.revision == cell.revision);
  }
  board::CellRow row;
  if (board::parse_cell_row_key(bytes, row)) {
    require(board::cell_row_key(row) == bytes);
  }
  board::KpiState kpi;
  if (board::decode_kpi_state(bytes, kpi)) {
    board::KpiState copy;
    require(board::decode_kpi_state(board::encode_kpi_state(kpi), copy) &&
            copy.content == kpi.content);
  }
  base::EventTime first = 0;
  base::EventTime second = 0;
  if (board::decode_times(bytes, first, second)) {
    require(board::encode_times(first, second).size() <= bytes.size());
  }
  static_cast<void>(board::decode_time(bytes, first));
}

void try_order(std::string_view bytes) {
  commerce::OrderEntry entry;
  if (!entry.decode(bytes)) {
    return;
  }
  commerce::OrderEntry copy;
  require(copy.decode(entry.encode()) && copy.records == entry.records);
  require(entry.shares(commerce::CommercePlan{}).size() == entry.records.size());
}

model::ItemMessage item_message(uint64_t number) {
  model::ItemMessage message;
  message.item = {number, number + 1};
  message.delivery = number;
  message.occurred_at = 1'700'000'000'000'000;
  message.operation_at = message.occurred_at;
  message.polled = true;
  message.counters.likes = 4;
  message.channel = "web";
  message.brand_count = 1;
  message.brands[0] = "kirkas";
  return message;
}

// Key and value, each behind its length.
void try_items(std::string_view bytes) {
  state::MemoryStore store;
  auto tables = state::open_tables(store, "fuzz", 0);
  require(tables.has_value());
  for_each_row(bytes, [&](std::string key, std::string value) {
    tables.value()->put(TableId::kDedup, std::move(key), std::move(value));
  });
  dedup::ItemTable table(*tables.value());
  if (!table.load().is_ok()) {
    return;
  }
  static_cast<void>(table.decide(item_message(7), 1'700'000'000'000'000));
  table.seal(99);
  dedup::ItemTable again(*tables.value());
  require(again.load().is_ok() && again.entries() == table.entries());
  table.forget(base::kTimeEnd);
}

// Rows of a store that something else has written to.
void try_store(std::string_view bytes) {
  state::MemoryStore store;
  {
    auto tables = state::open_tables(store, "fuzz", 0);
    require(tables.has_value());
  }
  write_rows(bytes, store);
  auto tables = state::open_tables(store, "fuzz", 64);
  if (!tables.has_value()) {
    require(!tables.error().message().empty());
    return;
  }
  size_t size = 0;
  const base::Status status = tables.value()->scan(
      TableId::kCells,
      [&](std::string_view key, std::string_view value) { size += key.size() + value.size(); });
  require(status.is_ok() || !status.message().empty());
}

Aggregate sample_figures(int size) {
  Aggregate figures;
  figures.likes = size;
  figures.by_relation[0] = size;
  for (int i = 0; i < size; ++i) {
    figures.authors.add(static_cast<uint64_t>(i) * 0x9e3779b97f4a7c15U);
    figures.reach.add(static_cast<uint64_t>(i) * 0xbf58476d1ce4e5b9U, i);
    figures.followers.record(i * 31);
  }
  require(figures.money.add(money::Flow::kRefund, {"EUR"}, 20'000, -5));
  return figures;
}

std::string sample_items(bool whole_store) {
  state::MemoryStore store;
  auto tables = state::open_tables(store, "fuzz", whole_store ? 1 : 1U << 20);
  require(tables.has_value());
  dedup::ItemTable table(*tables.value());
  for (uint64_t i = 0; i < 3; ++i) {
    static_cast<void>(table.decide(item_message(i), 1'700'000'000'000'000));
  }
  table.seal(1);
  std::string rows;
  base::ByteWriter out(rows);
  require(tables.value()
              ->scan(TableId::kDedup,
                     [&](std::string_view key, std::string_view value) {
                       out.bytes(key);
                       out.bytes(value);
                     })
              .is_ok());
  static_cast<void>(tables.value()->seal());
  require(tables.value()->commit({1, 10}).is_ok());
  return whole_store ? rows_of(store) : rows;
}

std::string sample_order() {
  model::OrderMessage message;
  message.kind = model::BusinessKind::kRefund;
  message.business = {1, 2};
  message.occurred_at = 1'700'000'000'000'000;
  message.amount_micros = 5'000'000;
  message.currency = {"EUR"};
  message.brand = "kirkas";
  message.channel = "web";
  commerce::OrderEntry entry;
  entry.records.push_back(commerce::record_of(message));
  model::KeyPart keys;
  keys.add(model::KeyKind::kCustomer, {5, 6});
  keys.touch_channel = "x";
  message.keys = &keys;
  message.kind = model::BusinessKind::kOrder;
  message.business = {3, 4};
  entry.number = 1;
  entry.records.push_back(commerce::record_of(message));
  return entry.encode();
}

}  // namespace

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  for (const int size : {0, 1, 40, 3'000}) {
    all.push_back(chosen(kAggregate, encoded(sample_figures(size))));
  }
  board::Cell cell;
  cell.revision = 3;
  cell.figures = sample_figures(2);
  std::string value;
  board::encode_cell(cell, value);
  all.push_back(chosen(kCell, value));
  all.push_back(chosen(kCell, board::cell_row_key({"hour", base::kHour, "kirkas", "web", 1})));
  all.push_back(chosen(kCell, board::encode_kpi_state({4, {5, 6}})));
  all.push_back(chosen(kCell, board::encode_times(1, -1)));
  all.push_back(chosen(kOrder, sample_order()));
  all.push_back(chosen(kItems, sample_items(false)));
  all.push_back(chosen(kStore, sample_items(true)));
  return all;
}

}  // namespace kaiku::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes = kaiku::fuzz::view_of(data + 1, size - 1);
  switch (data[0] % kaiku::fuzz::kParts) {
    case kaiku::fuzz::kAggregate:
      kaiku::fuzz::try_aggregate(bytes);
      break;
    case kaiku::fuzz::kCell:
      kaiku::fuzz::try_cell(bytes);
      break;
    case kaiku::fuzz::kOrder:
      kaiku::fuzz::try_order(bytes);
      break;
    case kaiku::fuzz::kItems:
      kaiku::fuzz::try_items(bytes);
      break;
    default:
      kaiku::fuzz::try_store(bytes);
  }
  return 0;
}
