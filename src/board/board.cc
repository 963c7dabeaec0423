#include "kaiku/board/board.h"

#include <algorithm>
#include <utility>

#include "kaiku/base/limits.h"

#include "board/conversation_view.h"
#include "board/funnel_view.h"
#include "board/impl.h"
#include "board/kpi_drafts.h"
#include "board/load.h"
#include "board/seal.h"
#include "board/view.h"

namespace kaiku::board {

using aggregate::Aggregate;
using base::EventTime;
using base::Result;
using base::Status;

namespace {

void prefetch(const Cell* cell) {
  constexpr size_t kLine = 64;
  const auto* at = reinterpret_cast<const char*>(cell);
  for (size_t offset = 0; cell != nullptr && offset < sizeof(Cell); offset += kLine) {
    __builtin_prefetch(at + offset, 1);
  }
}

}  // namespace

Board::Impl::Impl(std::shared_ptr<const BoardPlan> plan_in, state::Tables& tables_in)
    : plan(std::move(plan_in)),
      tables(tables_in),
      rates(plan->rates != nullptr
                ? plan->rates
                : std::make_shared<const money::Rates>(model::Currency{{'E', 'U', 'R', 0}})),
      prices(plan->prices),
      brands(base::limits::kCellsPerWindow, base::HashKey::derived_from(plan->pipeline)),
      channels(base::limits::kCellsPerWindow, base::HashKey::derived_from(plan->pipeline)),
      other_brand(brands.intern(kOtherBrand)),
      other_channel(channels.intern(kOtherChannel)) {
  for (const window::WindowSpec& spec : plan->windows) {
    const auto& named = plan->kpi_windows;
    const bool makes_kpis = std::find(named.begin(), named.end(), spec.name()) != named.end();
    windows.emplace_back(
        spec, static_cast<uint16_t>(windows.size()), makes_kpis, makes_kpis || is_private());
  }
}

Status Board::Impl::merge(const exchange::DeltaKey& key, const Aggregate& delta) {
  if (key.type > model::ItemType::kBusinessEvent || delta.is_empty()) {
    return Status::ok();  // control items have no cells
  }
  Incoming incoming{key.minute * base::kMinute,
                    brands.intern(key.brand),
                    channels.intern(key.channel),
                    key.type,
                    &delta};
  Aggregate marked;
  if (incoming.brand == kNoName || incoming.channel == kNoName) {
    marked = delta;
    marked.inexact |= model::kInexactOverflow;
    ++counts.left_out;
    if (exchange::is_aside(key.brand)) {
      return Status::ok();  // its brands have counted it
    }
    incoming.delta = &marked;
    incoming.brand = incoming.brand == kNoName ? other_brand : incoming.brand;
    incoming.channel = incoming.channel == kNoName ? other_channel : incoming.channel;
  }
  // Looked up first, so that the memory of all cells is on its way while the first one is merged.
  targets.clear();
  for (WindowState& window : windows) {
    const EventTime start = window.start_of(incoming.time);
    const CellKey cell_key{start, incoming.brand, incoming.channel, window.index(), key.type};
    const auto found = cells.find(cell_key);
    const bool is_there = found != cells.end() && !window.is_dropped(start);
    targets.push_back(is_there ? found->second.get() : nullptr);
    prefetch(targets.back());
  }
  const bool is_aside = exchange::is_aside(key.brand);
  const bool is_once = exchange::is_marked(key.brand, exchange::kPeriodMark) ||
                       exchange::is_marked(key.brand, exchange::kComparisonMark);
  for (size_t i = 0; i < windows.size(); ++i) {
    if (is_aside && !windows[i].makes_kpis()) {
      continue;  // nothing would be said of it
    }
    if (targets[i] != nullptr) [[likely]] {
      add(*targets[i], *incoming.delta);
    } else if (Status status = merge_into(windows[i], incoming); !status.is_ok()) {
      return status;
    }
    if (is_once) {
      break;  // what has a period of its own is said once, not once per window
    }
  }
  return Status::ok();
}

Status Board::Impl::merge_into(WindowState& window, const Incoming& incoming) {
  const EventTime start = window.start_of(incoming.time);
  if (!window.is_dropped(start)) {
    return merge_at(window, start, incoming);
  }
  // The window is forgotten: the change is booked where the watermark is, and counted there.
  Aggregate adjusted = *incoming.delta;
  adjusted.inexact |= model::kInexactAdjustment;  // forgotten when, and booked where, is a matter
                                                  // of when it came
  ++adjusted.adjustments;
  ++counts.adjustments;
  Incoming booked = incoming;
  booked.delta = &adjusted;
  return merge_at(window, window.start_of(is_real(watermark) ? watermark : purge), booked);
}

Status Board::Impl::merge_at(WindowState& window, EventTime start, const Incoming& incoming) {
  CellKey key{start, incoming.brand, incoming.channel, window.index(), incoming.type};
  const Aggregate* delta = incoming.delta;
  const auto stored = find_cell(window, key);
  if (!stored) {
    return stored.error();
  }
  Cell* cell = *stored;
  Aggregate marked;
  if (cell == nullptr) {
    const Bucket* bucket = window.find(start);
    if (bucket != nullptr && bucket->keys >= base::limits::kCellsPerWindow &&
        key.brand != other_brand) {
      ++counts.left_out;
      if (exchange::is_aside(brands.at(key.brand))) {
        return Status::ok();  // its brands have counted it
      }
      marked = *delta;
      marked.inexact |= model::kInexactOverflow;
      Incoming folded = incoming;
      folded.brand = other_brand;
      folded.delta = &marked;
      return merge_at(window, start, folded);
    }
    cell = &make_cell(window, window.obtain(start, sealed_watermark, seal_number), key);
  }
  add(*cell, *delta);
  return Status::ok();
}

void Board::Impl::add(Cell& cell, const Aggregate& delta) {
  cell.figures.merge(delta);
  if (!cell.dirty) {
    cell.dirty = true;
    dirty.push_back(&cell);
  }
  if (!cell.pending && !cell.bucket->is_closed() && !is_private()) {
    cell.pending = true;
    pending.push_back(&cell);
  }
}

Result<Cell*> Board::Impl::find_cell(WindowState& window, const CellKey& key) {
  if (const auto found = cells.find(key); found != cells.end()) {
    return found->second.get();
  }
  // Open buckets have all their cells in memory: only a closed one is worth a read.
  Bucket* bucket = window.find(key.start);
  if (bucket == nullptr || !bucket->is_closed() || bucket->keys == bucket->cells.size()) {
    return nullptr;
  }
  auto read = read_cell(window, key);
  if (!read) {
    return read.error();
  }
  return *read == nullptr ? nullptr : &add_cell(window, *bucket, std::move(*read));
}

Result<std::unique_ptr<Cell>> Board::Impl::read_cell(const WindowState& window,
                                                     const CellKey& key) const {
  const std::string row = cell_row_key(row_of(window, key));
  const auto value = tables.get(state::TableId::kCells, row);
  if (!value) {
    return value.error();
  }
  if (!value->has_value()) {
    return std::unique_ptr<Cell>();
  }
  auto cell = std::make_unique<Cell>();
  cell->key = key;
  if (!decode_cell(**value, *cell)) {
    return Status(base::Next::kRestore,
                  "board: a cell of window " + window.spec().name() + " at " +
                      base::format_seconds(key.start) + " does not decode");
  }
  return cell;
}

Cell& Board::Impl::make_cell(WindowState& window, Bucket& bucket, const CellKey& key) {
  auto cell = std::make_unique<Cell>();
  cell->key = key;
  ++bucket.keys;
  if (window.keeps_keys()) {
    bucket.add_key(key);
  }
  count_brand(key.brand);
  return add_cell(window, bucket, std::move(cell));
}

Cell& Board::Impl::add_cell(WindowState& window, Bucket& bucket, std::unique_ptr<Cell> cell) {
  Cell& added = *cell;
  added.bucket = &bucket;
  added.bytes = added.figures.memory_bytes() + sizeof(Cell);
  bytes += added.bytes;
  bucket.cells.push_back(&added);
  if (bucket.is_closed()) {
    window.resident.insert(bucket.start);
  }
  cells.emplace(added.key, std::move(cell));
  return added;
}

Result<const Aggregate*> Board::Impl::pane_figures(WindowState& window,
                                                   const CellKey& key,
                                                   std::deque<Aggregate>& storage) {
  if (const auto found = cells.find(key); found != cells.end()) {
    return &found->second->figures;
  }
  const Bucket* bucket = window.find(key.start);
  if (bucket == nullptr || !bucket->is_closed() || bucket->keys == bucket->cells.size()) {
    return nullptr;
  }
  auto read = read_cell(window, key);
  if (!read) {
    return read.error();
  }
  if (*read == nullptr) {
    return nullptr;
  }
  return &storage.emplace_back(std::move((*read)->figures));
}

Result<const Aggregate*> Board::Impl::window_figures(WindowState& window,
                                                     const CellKey& key,
                                                     std::deque<Aggregate>& storage) {
  if (!window.spec().is_hopping()) {
    return pane_figures(window, key, storage);
  }
  Aggregate sum;
  CellKey pane = key;
  for (int64_t i = 0; i < window.spec().panes(); ++i) {
    std::deque<Aggregate> one;
    const auto figures = pane_figures(window, pane, one);
    if (!figures) {
      return figures.error();
    }
    if (*figures != nullptr) {
      sum.merge(**figures);
    }
    pane.start = window.spec().pane_end(pane.start);
  }
  if (sum.is_empty()) {
    return nullptr;
  }
  return &storage.emplace_back(std::move(sum));
}

void Board::Impl::sum_panes(WindowState& window, EventTime start, Sums& sums) {
  EventTime pane = start;
  for (int64_t i = 0; i < window.spec().panes(); ++i) {
    if (const Bucket* bucket = window.find(pane); bucket != nullptr) {
      for (const Cell* cell : bucket->cells) {
        CellKey key = cell->key;
        key.start = start;
        sums[key].merge(cell->figures);
      }
    }
    pane = window.spec().pane_end(pane);
  }
}

void Board::Impl::count_brand(NameId brand) {
  if (brand_has_cells.size() <= brand) {
    brand_has_cells.resize(brand + size_t{1}, false);
  }
  if (!brand_has_cells[brand]) {
    brand_has_cells[brand] = true;
    ++brands_with_cells;
  }
}

void Board::Impl::forget(Cell& cell) {
  bytes -= cell.bytes;
  const CellKey key = cell.key;  // the cell dies with its entry
  cells.erase(key);
}

bool Board::Impl::evict(Bucket& bucket, uint64_t seal) {
  std::erase_if(bucket.cells, [&](Cell* cell) {
    if (cell->touched >= seal) {
      return false;
    }
    forget(*cell);
    return true;
  });
  return bucket.cells.empty();
}

CellRow Board::Impl::row_of(const WindowState& window, const CellKey& key) const {
  return {window.spec().name(),
          key.start,
          brands.at(key.brand),
          channels.at(key.channel),
          static_cast<uint8_t>(key.type)};
}

const WindowState* Board::Impl::days() const {
  const auto found = std::find_if(windows.begin(), windows.end(), [](const WindowState& window) {
    return window.makes_kpis() && !window.spec().is_hopping() &&
           window.spec().size_us() == base::kDay;
  });
  return found == windows.end() ? nullptr : &*found;
}

WindowState* Board::Impl::window_named(std::string_view name) {
  for (WindowState& window : windows) {
    if (window.spec().name() == name) {
      return &window;
    }
  }
  return nullptr;
}

bool Board::Impl::has_work() const {
  if (!dirty.empty() || (rates_changed && !unconverted.empty())) {
    return true;
  }
  return std::any_of(windows.begin(), windows.end(), [this](const WindowState& window) {
    return (!window.open.empty() && window.is_due(window.open.begin()->second, watermark)) ||
           window.has_droppable() ||
           (brands_with_cells > 0 && window.closes_through(watermark) > window.closed_through);
  });
}

void Board::Impl::set_purge(EventTime value) {
  purge = value;
  for (WindowState& window : windows) {
    window.drop_through(purge - window.spec().retention_us());
  }
}

Board::Board(std::shared_ptr<const BoardPlan> plan, state::Tables& tables)
    : impl_(std::make_unique<Impl>(std::move(plan), tables)) {}

Board::~Board() = default;

bool Board::has_early() const {
  return !impl_->pending.empty();
}

Status Board::load() {
  return load_board(*impl_);
}

void Board::adopt(std::shared_ptr<const money::Rates> rates) {
  impl_->rates = std::move(rates);
  impl_->rates_changed = true;
}

void Board::adopt(std::shared_ptr<const money::Prices> prices) {
  impl_->prices = std::move(prices);
}

void Board::adopt(std::vector<LateEntry> late) {
  impl_->late = std::move(late);
}

Status Board::merge(const exchange::DeltaKey& key, const Aggregate& delta) {
  return impl_->merge(key, delta);
}

void Board::advance(EventTime watermark, EventTime purge) {
  impl_->watermark = std::max(impl_->watermark, watermark);
  // The end of all input makes nothing old: it drops nothing.
  if (is_real(purge) && std::min(purge, impl_->watermark) > impl_->purge) {
    impl_->set_purge(std::min(purge, impl_->watermark));
  }
}

bool Board::has_work() const {
  return impl_->has_work();
}

Status Board::seal(bool with_early, std::vector<Published>& out) {
  return Seal(*impl_, with_early, out).run();
}

void Board::view(std::vector<CellView>& out) const {
  view_board(*impl_, out);
}

void Board::view(std::vector<ConversationView>& out) const {
  view_conversations(*impl_, out);
}

void Board::view(std::vector<KpiSetPtr>& out) const {
  view_kpis(*impl_, out);
}

void Board::view(std::vector<Funnel>& out) const {
  view_funnels(*impl_, out);
}

size_t Board::open_cells() const {
  size_t count = 0;
  for (const WindowState& window : impl_->windows) {
    for (const auto& [start, bucket] : window.open) {
      count += bucket.cells.size();
    }
  }
  return count;
}

size_t Board::memory_bytes() const {
  constexpr size_t kNode = 4 * sizeof(void*);  // of a tree or a table
  size_t bytes = impl_->bytes + impl_->cells.size() * (sizeof(CellKey) + kNode);
  for (const WindowState& window : impl_->windows) {
    bytes += (window.open.size() + window.closed.size()) * (sizeof(Bucket) + kNode);
    bytes += window.kpis.memory_bytes();
  }
  return bytes;
}

const std::vector<SavedTime>& Board::saved() const {
  return impl_->saved;
}

const BoardCounts& Board::counts() const {
  return impl_->counts;
}

EventTime Board::closed_through(std::string_view window) const {
  const WindowState* found = impl_->window_named(window);
  return found == nullptr ? base::kTimeBegin : found->closed_through;
}

}  // namespace kaiku::board
