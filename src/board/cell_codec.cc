#include "board/cell_codec.h"

#include "kaiku/base/bytes.h"
#include "kaiku/base/ordered_key.h"

namespace kaiku::board {
namespace {

using base::ByteReader;
using base::ByteWriter;

constexpr uint8_t kLayout = 1;
// Of the state of a KPI record that left sums without a rate out.
constexpr uint8_t kIncompleteLayout = 2;
constexpr uint8_t kPrivateLayout = 2;
constexpr uint8_t kPendingBit = 0x80;

enum PrivateFlag : unsigned { kWithheld = 1, kRowWithheld = 2, kTableWithheld = 4, kHeld = 8 };

// The text up to the next zero byte, which is taken off too.
bool take_name(std::string_view& rest, std::string_view& name) {
  const size_t end = rest.find('\0');
  if (end == std::string_view::npos) {
    return false;
  }
  name = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return true;
}

unsigned flags_of(const Cell& cell) {
  unsigned flags = 0;
  flags |= cell.is_withheld ? unsigned{kWithheld} : 0U;
  flags |= cell.is_row_withheld ? unsigned{kRowWithheld} : 0U;
  flags |= cell.is_table_withheld ? unsigned{kTableWithheld} : 0U;
  flags |= cell.is_held ? unsigned{kHeld} : 0U;
  return flags;
}

}  // namespace

std::string bucket_prefix(std::string_view window, base::EventTime start) {
  std::string key;
  key.reserve(window.size() + 9);
  key.append(window).push_back('\0');
  base::append_ordered(key, start);
  return key;
}

std::string cell_row_key(const CellRow& row) {
  std::string key;
  key.reserve(row.window.size() + row.brand.size() + row.channel.size() + 12);
  key.append(row.window).push_back('\0');
  base::append_ordered(key, row.start);
  key.append(row.brand).push_back('\0');
  key.append(row.channel).push_back('\0');
  key.push_back(static_cast<char>(row.type));
  return key;
}

bool parse_cell_row_key(std::string_view key, CellRow& row) {
  if (!take_name(key, row.window) || !base::take_ordered(key, row.start) ||
      !take_name(key, row.brand) || !take_name(key, row.channel) || key.size() != 1) {
    return false;
  }
  row.type = static_cast<uint8_t>(key[0]);
  return true;
}

void encode_cell(const Cell& cell, std::string& value) {
  value.clear();
  ByteWriter out(value);
  const unsigned flags = flags_of(cell);
  const bool is_private = flags != 0 || cell.told_people != 0;
  out.u8(is_private ? kPrivateLayout : kLayout);
  out.u8(
      static_cast<uint8_t>(static_cast<unsigned>(cell.stage) | (cell.pending ? kPendingBit : 0U)));
  out.u32(cell.revision);
  if (is_private) {
    out.u8(static_cast<uint8_t>(flags));
    out.varint(cell.told_people);
  }
  cell.figures.encode(out);
}

bool decode_cell(std::string_view value, Cell& cell) {
  ByteReader in(value);
  const uint8_t layout = in.u8();
  if (layout != kLayout && layout != kPrivateLayout) {
    return false;
  }
  const uint8_t stage = in.u8();
  cell.pending = (stage & kPendingBit) != 0;
  const unsigned number = stage & ~static_cast<unsigned>(kPendingBit);
  if (number > static_cast<unsigned>(Stage::kRevision)) {
    return false;
  }
  cell.stage = static_cast<Stage>(number);
  cell.revision = in.u32();
  if (layout == kPrivateLayout) {
    const unsigned flags = in.u8();
    cell.is_withheld = (flags & kWithheld) != 0;
    cell.is_row_withheld = (flags & kRowWithheld) != 0;
    cell.is_table_withheld = (flags & kTableWithheld) != 0;
    cell.is_held = (flags & kHeld) != 0;
    cell.told_people = static_cast<uint32_t>(in.varint());
  }
  return cell.figures.decode(in) && !in.failed() && in.at_end();
}

std::string encode_kpi_state(const KpiState& state) {
  std::string value;
  ByteWriter out(value);
  out.u8(state.incomplete ? kIncompleteLayout : kLayout);
  out.u32(state.revision);
  out.digest(state.content);
  return value;
}

bool decode_kpi_state(std::string_view value, KpiState& state) {
  ByteReader in(value);
  const uint8_t layout = in.u8();
  const bool known = layout == kLayout || layout == kIncompleteLayout;
  state.incomplete = layout == kIncompleteLayout;
  state.revision = in.u32();
  state.content = in.digest();
  return known && !in.failed() && in.at_end();
}

std::string closed_row_key(std::string_view window, std::string_view brand) {
  std::string key(window);
  key.push_back('\0');
  key.append(brand);
  return key;
}

std::string encode_times(base::EventTime first, base::EventTime second) {
  std::string value;
  ByteWriter out(value);
  out.i64(first);
  out.i64(second);
  return value;
}

bool decode_times(std::string_view value, base::EventTime& first, base::EventTime& second) {
  ByteReader in(value);
  first = in.i64();
  second = in.i64();
  return !in.failed() && in.at_end();
}

std::string encode_time(base::EventTime time) {
  std::string value;
  ByteWriter(value).i64(time);
  return value;
}

bool decode_time(std::string_view value, base::EventTime& time) {
  ByteReader in(value);
  time = in.i64();
  return !in.failed() && in.at_end();
}

}  // namespace kaiku::board
