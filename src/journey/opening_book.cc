#include "kaiku/journey/opening_book.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/base/flat_map.h"

#include "journey/key_events.h"
#include "journey/opening_record.h"
#include "journey/revision.h"
#include "journey/schedule.h"
#include "journey/watermarks.h"

namespace kaiku::journey {
namespace {

using base::Digest;
using base::EventTime;
using base::Status;
using state::TableId;

constexpr size_t kDigestBytes = 16;

Status damaged() {
  return {base::Next::kRestore,
          "the openings of a customer in the store do not decode: the store is damaged; remove its "
          "directory and start again, it is rebuilt from the changelog"};
}

std::string row_of(const Digest& customer) {
  std::string row;
  base::ByteWriter(row).digest(customer);
  return row;
}

void tell(const OpeningVerdict& verdict, int sign, const OpeningBook::Sink& sink) {
  aggregate::AttributionFigures figures;
  figures.customer_openings = sign;
  figures.continued_elsewhere = verdict.is_continued ? sign : 0;
  sink({base::minute_of(verdict.at),
        model::ItemType::kBusinessEvent,
        verdict.brand,
        verdict.channel},
       figures);
}

// The data watermark at which something of a record goes; kTimeEnd if never.
EventTime purge_time(const KeyPlan& plan, const OpeningRecord& record) {
  EventTime first = base::kTimeEnd;
  if (!record.openings.empty()) {
    first = record.openings.front().at;
  }
  if (!record.full_days.empty()) {
    first = std::min(first, record.full_days.front() * base::kDay);
  }
  if (first == base::kTimeEnd) {
    return first;
  }
  const EventTime kept = first + kContinuedWithin + std::max(plan.order_delay_max, plan.lateness);
  return std::min((base::floor_div(kept, base::kDay) + 2) * base::kDay, base::kTimeEnd);
}

}  // namespace

struct OpeningBook::Impl {
  Impl(const KeyPlan& key_plan, state::Tables& state_tables)
      : plan(key_plan), tables(state_tables), stopped(plan.stopped.begin(), plan.stopped.end()) {
    plan.order_delay_max = std::clamp<int64_t>(plan.order_delay_max, 0, 3'650 * base::kDay);
    plan.lateness = std::max<int64_t>(plan.lateness, 0);
  }

  [[nodiscard]] Status read(const Digest& customer, OpeningRecord& record) const;
  // False if the row does not decode.
  [[nodiscard]] bool enter(std::string_view row, std::string_view value);
  void store(const Digest& customer, const OpeningRecord& record);
  [[nodiscard]] Status decide(EventTime through, const Sink& sink);
  [[nodiscard]] Status purge(EventTime to_data);

  // From when on openings are taken in.
  [[nodiscard]] EventTime taken_from() const { return question_floor_of(plan, reached.data); }

  // From when on they are kept: each that is taken meets all it may continue.
  [[nodiscard]] EventTime kept_from() const {
    return std::max(taken_from() - kContinuedWithin, base::kTimeBegin);
  }

  KeyPlan plan;
  state::Tables& tables;
  base::FlatSet<Digest, base::DigestHash> stopped;
  Watermarks reached;
  Schedule waiting;  // customers by C
  Schedule purges;   // by data
  OpeningCounts counts;
};

Status OpeningBook::Impl::read(const Digest& customer, OpeningRecord& record) const {
  const auto value = tables.get(TableId::kOpenings, row_of(customer));
  if (!value.has_value()) {
    return value.error();
  }
  return !value.value().has_value() || record.decode(*value.value()) ? Status::ok() : damaged();
}

bool OpeningBook::Impl::enter(std::string_view row, std::string_view value) {
  OpeningRecord record;
  if (row.size() != kDigestBytes || !record.decode(value)) {
    return false;
  }
  const Digest customer = base::ByteReader(row).digest();
  for (const HeldOpening& opening : record.openings) {
    if (opening.at > reached.decided) {
      waiting.add(opening.at, customer);
    }
  }
  purges.add(purge_time(plan, record), customer);
  return true;
}

void OpeningBook::Impl::store(const Digest& customer, const OpeningRecord& record) {
  if (record.is_empty()) {
    tables.erase(TableId::kOpenings, row_of(customer));
  } else {
    tables.put(TableId::kOpenings, row_of(customer), record.encode());
  }
}

Status OpeningBook::Impl::decide(EventTime through, const Sink& sink) {
  for (const Digest& customer : waiting.take(through)) {
    OpeningRecord record;
    if (Status status = read(customer, record); !status.is_ok()) {
      return status;
    }
    for (const OpeningVerdict& verdict : record.verdicts(reached.decided + 1, through)) {
      tell(verdict, 1, sink);
    }
  }
  reached.decided = through;
  return Status::ok();
}

Status OpeningBook::Impl::purge(EventTime to_data) {
  reached.data = to_data;
  for (const Digest& customer : purges.take(reached.data)) {
    OpeningRecord record;
    if (Status status = read(customer, record); !status.is_ok()) {
      return status;
    }
    if (record.is_empty() || purge_time(plan, record) > reached.data) {
      continue;
    }
    record.purge(kept_from());
    store(customer, record);
    purges.add(purge_time(plan, record), customer);
  }
  return Status::ok();
}

OpeningBook::OpeningBook(const KeyPlan& plan, state::Tables& tables)
    : impl_(std::make_unique<Impl>(plan, tables)) {}

OpeningBook::~OpeningBook() = default;

Status OpeningBook::load() {
  const base::Result<bool> is_read = impl_->reached.read(impl_->tables, TableId::kOpenings);
  if (!is_read.has_value() || !is_read.value()) {
    return is_read.has_value() ? damaged() : is_read.error();
  }
  bool is_sound = true;
  const Status status =
      impl_->tables.scan(TableId::kOpenings, [&](std::string_view row, std::string_view value) {
        is_sound = is_sound && (row == Watermarks::kRow || impl_->enter(row, value));
      });
  return status.is_ok() && !is_sound ? damaged() : status;
}

Status OpeningBook::accept(const model::OpeningMessage& message, const Sink& sink) {
  Impl& my = *impl_;
  if (my.stopped.contains(message.customer)) {
    return Status::ok();  // its touch is counted as stopped
  }
  if (message.at < my.taken_from() || message.at < base::kTimeBegin ||
      message.at >= base::kTimeEnd) {
    ++my.counts.expired;
    return Status::ok();
  }
  OpeningRecord before;
  if (Status status = my.read(message.customer, before); !status.is_ok()) {
    return status;
  }
  OpeningRecord after = before;
  my.counts.full_days += after.put({message.at,
                                    message.id,
                                    message.part.conversation,
                                    std::string(message.brand),
                                    std::string(message.channel),
                                    message.part.has_sketch,
                                    message.part.sketch})
                             ? 1
                             : 0;
  if (after == before) {
    return Status::ok();
  }
  // Nothing of an earlier day is told otherwise.
  const EventTime from = base::floor_div(message.at, base::kDay) * base::kDay;
  const std::vector<OpeningVerdict> old = before.verdicts(from, my.reached.decided);
  const std::vector<OpeningVerdict> now = after.verdicts(from, my.reached.decided);
  revise(old, now, [&sink](const OpeningVerdict& verdict, int sign) { tell(verdict, sign, sink); });
  my.store(message.customer, after);
  if (message.at > my.reached.decided) {
    my.waiting.add(message.at, message.customer);
  }
  if (purge_time(my.plan, after) != purge_time(my.plan, before)) {
    my.purges.add(purge_time(my.plan, after), message.customer);
  }
  return Status::ok();
}

Status OpeningBook::forget(const model::ErasureMessage& request) {
  OpeningRecord record;
  if (!request.has_customer) {
    return Status::ok();
  }
  if (Status status = impl_->read(request.customer, record); !status.is_ok() || record.is_empty()) {
    return status;
  }
  record.forget(request.at);
  impl_->store(request.customer, record);
  return Status::ok();
}

Status OpeningBook::advance(EventTime effective, EventTime data, const Sink& sink) {
  Impl& my = *impl_;
  const Watermarks::Step step = my.reached.next(effective, data, my.plan.lateness);
  if (step.decides) {
    if (Status status = my.decide(step.through, sink); !status.is_ok()) {
      return status;
    }
  }
  if (step.purges) {
    if (Status status = my.purge(step.to_data); !status.is_ok()) {
      return status;
    }
  }
  if (step.decides || step.purges) {
    my.reached.write(my.tables, TableId::kOpenings);
  }
  return Status::ok();
}

const OpeningCounts& OpeningBook::counts() const {
  return impl_->counts;
}

size_t OpeningBook::memory_bytes() const {
  return sizeof(Impl) + impl_->waiting.memory_bytes() + impl_->purges.memory_bytes();
}

}  // namespace kaiku::journey
