#include "shard/erasure_stage.h"

#include <algorithm>
#include <utility>

#include "kaiku/base/bytes.h"
#include "kaiku/base/json_writer.h"
#include "kaiku/base/limits.h"
#include "kaiku/shard/output.h"
#include "kaiku/shard/router.h"

namespace kaiku::shard {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::Digest;
using base::EventTime;
using base::Status;
using state::TableId;

constexpr uint8_t kLayout = 1;
constexpr uint8_t kHasAuthor = 1;
constexpr uint8_t kHasCustomer = 2;
constexpr uint8_t kAllSteps = ErasureStage::kConversations | ErasureStage::kKeys |
                              ErasureStage::kOrders | ErasureStage::kBoard;

enum class Row : uint8_t { kWaiting = 1, kUnderWay = 2, kDone = 3 };

std::string key_of(Row row, const Digest& request) {
  std::string key;
  ByteWriter out(key);
  out.u8(static_cast<uint8_t>(row));
  out.digest(request);
  return key;
}

void write_counts(ByteWriter& out, const model::ErasedCounts& counts) {
  for (const uint64_t count : counts) {
    out.varint(count);
  }
}

void read_counts(ByteReader& in, model::ErasedCounts& counts) {
  for (uint64_t& count : counts) {
    count = in.varint();
  }
}

Status damaged() {
  return {base::Next::kRestore,
          "a request to erase in the store does not decode: the store is damaged; remove its "
          "directory and start again, it is rebuilt from the changelog"};
}

void write_store(base::JsonWriter& json,
                 std::string_view store,
                 std::string_view outcome,
                 std::string_view why = {}) {
  json.begin_object().field("store", store).field("outcome", outcome);
  if (!why.empty()) {
    json.field("why", why);
  }
  json.end_object();
}

// What the plan keeps, and what became of it.
void write_stores(base::JsonWriter& json, const Plan& plan) {
  json.key("stores").begin_array();
  if (plan.conversations != nullptr) {
    write_store(json, "conversations", "purged");
    write_store(json, "outcomes_and_alerts", "purged");
  }
  if (plan.journeys != nullptr) {
    write_store(json, "touches", "purged");
    write_store(json, "attributions", "purged");
  }
  write_store(json, "orders", "purged");
  write_store(
      json, "dedup", "kept", "keyed hashes of items without an author, until dedup.horizon");
  write_store(json, "figures", "kept", "counts and sketches, which name nobody");
  if (plan.signals != nullptr) {
    write_store(json, "signals", "kept", "words with counts, and hashes of a few of their authors");
  }
  write_store(json, "logs", "kept", "sources, exchange and changelog go with their retention");
  json.end_array();
}

}  // namespace

void ErasureStage::store(const Waiting& waiting) {
  const model::ErasureMessage& request = waiting.request;
  std::string value;
  ByteWriter out(value);
  out.u8(kLayout);
  out.i64(request.at);
  out.i64(request.requested_at);
  out.u8(waiting.steps);
  out.u8(static_cast<uint8_t>((request.has_author ? kHasAuthor : 0U) |
                              (request.has_customer ? kHasCustomer : 0U)));
  out.u64(request.author);
  out.digest(request.customer);
  write_counts(out, waiting.counts);
  out.bytes(waiting.id);
  tables_.put(TableId::kErasures, key_of(Row::kWaiting, request.request), std::move(value));
}

void ErasureStage::store(const Digest& request, const UnderWay& sums) {
  std::string value;
  ByteWriter out(value);
  out.u8(kLayout);
  out.i64(sums.at);
  out.i64(sums.requested_at);
  write_counts(out, sums.counts);
  out.bytes(sums.id);
  out.varint(sums.shards.size());
  for (const uint32_t shard : sums.shards) {
    out.varint(shard);
  }
  tables_.put(TableId::kErasures, key_of(Row::kUnderWay, request), std::move(value));
}

bool ErasureStage::enter_waiting(const Digest& request, std::string_view value) {
  ByteReader in(value);
  Waiting& waiting = waiting_[request];
  const bool known = in.u8() == kLayout;
  waiting.request.request = request;
  waiting.request.at = in.time();
  waiting.request.requested_at = in.time();
  waiting.steps = in.u8();
  const uint8_t flags = in.u8();
  waiting.request.has_author = (flags & kHasAuthor) != 0;
  waiting.request.has_customer = (flags & kHasCustomer) != 0;
  waiting.request.author = in.u64();
  waiting.request.customer = in.digest();
  read_counts(in, waiting.counts);
  waiting.id = in.bytes();
  waiting.request.id = waiting.id;
  return known && !in.failed() && in.at_end();
}

bool ErasureStage::enter_under_way(const Digest& request, std::string_view value) {
  ByteReader in(value);
  UnderWay& sums = under_way_[request];
  const bool known = in.u8() == kLayout;
  sums.at = in.time();
  sums.requested_at = in.time();
  read_counts(in, sums.counts);
  sums.id = in.bytes();
  sums.shards.resize(in.count());
  for (uint32_t& shard : sums.shards) {
    shard = static_cast<uint32_t>(in.varint());
  }
  return known && !in.failed() && in.at_end();
}

bool ErasureStage::enter(std::string_view key, std::string_view value) {
  ByteReader in(key);
  const uint8_t kind = in.u8();
  const Digest request = in.digest();
  if (in.failed() || !in.at_end()) {
    return false;
  }
  if (kind == static_cast<uint8_t>(Row::kWaiting)) {
    return enter_waiting(request, value);
  }
  if (kind == static_cast<uint8_t>(Row::kUnderWay)) {
    return enter_under_way(request, value);
  }
  ByteReader done(value);
  const bool known = kind == static_cast<uint8_t>(Row::kDone) && done.u8() == kLayout;
  done_[request] = done.time();
  return known && !done.failed() && done.at_end();
}

Status ErasureStage::load() {
  bool is_sound = true;
  Status status = tables_.scan(
      TableId::kErasures, [&](auto key, auto value) { is_sound = is_sound && enter(key, value); });
  return status.is_ok() && !is_sound ? damaged() : status;
}

void ErasureStage::accept(const model::ErasureMessage& request) {
  const auto found = waiting_.find(request.request);
  if (found == waiting_.end() && waiting_.size() >= base::limits::kErasuresWaiting) {
    ++refused_;
    return;
  }
  if (found != waiting_.end() && found->second.request.at >= request.at) {
    return;
  }
  Waiting& waiting = waiting_[request.request];
  waiting.id = request.id;
  waiting.request = request;
  waiting.request.id = waiting.id;
  waiting.steps = 0;
  store(waiting);
}

std::vector<ErasureStage::Waiting*> ErasureStage::due(Step step, EventTime decided) {
  std::vector<Waiting*> due;
  for (auto& [request, waiting] : waiting_) {
    if ((waiting.steps & step) == 0 && waiting.request.at <= decided) {
      due.push_back(&waiting);
    }
  }
  std::stable_sort(due.begin(), due.end(), [](const Waiting* a, const Waiting* b) {
    return a->request.at < b->request.at;
  });
  return due;
}

bool ErasureStage::is_due(EventTime conversations,
                          EventTime keys,
                          EventTime orders,
                          EventTime board) const {
  return std::any_of(waiting_.begin(), waiting_.end(), [&](const auto& each) {
    const Waiting& waiting = each.second;
    const auto waits = [&](Step step, EventTime decided) {
      return (waiting.steps & step) == 0 && waiting.request.at <= decided;
    };
    return waits(kConversations, conversations) || waits(kKeys, keys) || waits(kOrders, orders) ||
           waits(kBoard, board);
  });
}

void ErasureStage::did(Waiting& waiting, Step step) {
  waiting.steps = static_cast<uint8_t>(waiting.steps | step);
  store(waiting);
}

void ErasureStage::finish(EventTime data) {
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    const Waiting& waiting = at->second;
    if (waiting.steps != kAllSteps) {
      ++at;
      continue;
    }
    model::ErasureDoneMessage done;
    done.request = at->first;
    done.at = waiting.request.at;
    done.requested_at = waiting.request.requested_at;
    done.shard = shard_;
    done.counts = waiting.counts;
    done.id = waiting.id;
    writers_[shard_of(done.request, plan_.shards)].add_erased(done);
    tables_.erase(TableId::kErasures, key_of(Row::kWaiting, done.request));
    at = waiting_.erase(at);
  }
  if (data >= base::kTimeEnd) {
    return;
  }
  std::erase_if(done_, [&](const auto& done) {
    const bool is_old = done.second + plan_.dedup_horizon_us < data;
    if (is_old) {
      tables_.erase(TableId::kErasures, key_of(Row::kDone, done.first));
    }
    return is_old;
  });
}

void ErasureStage::collect(const model::ErasureDoneMessage& done) {
  if (done_.contains(done.request)) {
    return;  // delivered again: it found what came since, and says so to nobody
  }
  UnderWay& sums = under_way_[done.request];
  const auto place = std::lower_bound(sums.shards.begin(), sums.shards.end(), done.shard);
  if (place != sums.shards.end() && *place == done.shard) {
    return;
  }
  sums.shards.insert(place, done.shard);
  sums.at = std::max(sums.at, done.at);
  sums.requested_at = std::max(sums.requested_at, done.requested_at);
  sums.id = done.id;
  for (size_t i = 0; i < model::kErasedKinds; ++i) {
    sums.counts[i] += done.counts[i];
  }
  store(done.request, sums);
}

log::Append ErasureStage::receipt_of(const Digest& request, const UnderWay& sums) const {
  std::string value;
  base::JsonWriter json(value);
  json.begin_object();
  json.field("schema", "kaiku.erasure_receipt.v1");
  json.field("pipeline", plan_.name);
  json.field("request_id", sums.id);
  json.field("requested_at", base::format_micros(sums.requested_at));
  json.field("erased_before", base::format_micros(sums.at));
  // In event time, as all of it: each level has decided what is before the request then.
  json.field("completed_at", base::format_micros(sums.at + plan_.time.lateness_us));
  json.key("purged").begin_object();
  for (size_t i = 0; i < model::kErasedKinds; ++i) {
    json.field(model::name_of(static_cast<model::Erased>(i)), sums.counts[i]);
  }
  json.end_object();
  write_stores(json, plan_);
  json.end_object();
  return erasure_record(plan_, request, sums.id, std::move(value));
}

ErasureStage::Receipts ErasureStage::take_receipts(std::vector<log::Append>& out) {
  Receipts receipts;
  receipts.refused = std::exchange(refused_, 0);
  for (auto at = under_way_.begin(); at != under_way_.end();) {
    const UnderWay& sums = at->second;
    if (sums.shards.size() < plan_.shards) {
      ++at;
      continue;
    }
    const bool found = std::any_of(
        sums.counts.begin(), sums.counts.end(), [](uint64_t count) { return count != 0; });
    ++(found ? receipts.purged : receipts.nothing_found);
    out.push_back(receipt_of(at->first, sums));
    std::string value;
    ByteWriter writer(value);
    writer.u8(kLayout);
    writer.i64(sums.at);
    tables_.put(TableId::kErasures, key_of(Row::kDone, at->first), std::move(value));
    tables_.erase(TableId::kErasures, key_of(Row::kUnderWay, at->first));
    done_[at->first] = sums.at;
    at = under_way_.erase(at);
  }
  return receipts;
}

}  // namespace kaiku::shard
