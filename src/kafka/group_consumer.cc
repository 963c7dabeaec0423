#include "kafka/group_consumer.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "kaiku/base/logger.h"

#include "kafka/error_map.h"
#include "kafka/metadata.h"
#include "kafka/record_view.h"

namespace kaiku::kafka {
namespace {

constexpr int kWatchfulWaitMs = 5;
// Between being fenced and joining anew: whoever it was shall show itself.
constexpr int64_t kRejoinPauseMs = 500;
// Leaving is a courtesy to the others; a join under way would hold it up for as long as they like.
constexpr int64_t kCloseMs = 2'000;

Properties identities_of(const KafkaOptions& options) {
  Properties identities{
      {"group.id", options.group_id},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},
      {"isolation.level", "read_committed"},
      {"check.crcs", "true"},
      {"enable.partition.eof", "true"},
      {"partition.assignment.strategy", "range"},
      {"allow.auto.create.topics", "false"},
  };
  if (!options.instance_id.empty()) {
    identities.emplace_back("group.instance.id",
                            options.instance_id + "-" + std::to_string(options.worker));
  }
  return identities;
}

int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             Deadline::Clock::now().time_since_epoch())
      .count();
}

}  // namespace

int32_t generation_of(const rd_kafka_consumer_group_metadata_t* membership) {
  // There is no accessor: the serialized form is "CGMDv2:", then the generation as int32.
  constexpr std::string_view kMagic = "CGMDv2:";
  if (membership == nullptr) {
    return -1;
  }
  void* bytes = nullptr;
  size_t size = 0;
  const ErrorPtr error(rd_kafka_consumer_group_metadata_write(membership, &bytes, &size));
  if (error != nullptr) {
    return -1;
  }
  int32_t generation = -1;
  if (size >= kMagic.size() + sizeof(generation) &&
      std::memcmp(bytes, kMagic.data(), kMagic.size()) == 0) {
    std::memcpy(&generation, static_cast<const char*>(bytes) + kMagic.size(), sizeof(generation));
  }
  std::free(bytes);
  return generation;
}

GroupConsumer::GroupConsumer(const KafkaOptions& options, const TopicIndex& topics, EndWatch& ends)
    : ClientHooks("consumer " + std::to_string(options.worker), options.stats),
      options_(options),
      topics_(topics),
      ends_(ends),
      fences_(now_ms()),
      static_member_(!options.instance_id.empty()) {}

base::Result<std::unique_ptr<GroupConsumer>> GroupConsumer::open(const KafkaOptions& options,
                                                                 const TopicIndex& topics,
                                                                 EndWatch& ends) {
  std::unique_ptr<GroupConsumer> consumer(new GroupConsumer(options, topics, ends));
  if (base::Status status = consumer->connect(); !status.is_ok()) {
    return status;
  }
  return consumer;
}

base::Status GroupConsumer::connect() {
  base::Result<ClientPtr> client = open_client({.kind = ClientKind::kConsumer,
                                                .rebalance_hook = true,
                                                .defaults = consumer_defaults(),
                                                .common = options_.common,
                                                .specific = options_.consumer,
                                                .identities = identities_of(options_)},
                                               *this);
  if (!client) {
    return client.error();
  }
  client_ = std::move(client).value();
  return base::Status::ok();
}

base::Status GroupConsumer::rejoin() {
  fenced_by_ghost_ = false;
  client_.reset();
  std::this_thread::sleep_for(std::chrono::milliseconds(kRejoinPauseMs));
  if (base::Status status = connect(); !status.is_ok()) {
    return status;
  }
  return subscribe(subscription_);
}

GroupConsumer::~GroupConsumer() {
  close(kCloseMs);
}

base::Status GroupConsumer::subscribe(const std::vector<log::TopicId>& topics) {
  subscription_ = topics;
  const ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
  for (const log::TopicId id : topics) {
    rd_kafka_topic_partition_list_add(list.get(), topics_.name(id).c_str(), RD_KAFKA_PARTITION_UA);
  }
  const rd_kafka_resp_err_t code = rd_kafka_subscribe(client_.get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return failure(code, "subscribing");
  }
  in_group_ = true;
  return base::Status::ok();
}

// --- membership
// -------------------------------------------------------------------------------------

void GroupConsumer::on_rebalance(rd_kafka_t* client,
                                 rd_kafka_resp_err_t code,
                                 rd_kafka_topic_partition_list_t* partitions) {
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS && !closed_) {
    adopt(client, *partitions);
  } else if (code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS && !closed_ && in_term_ &&
             rd_kafka_assignment_lost(client) == 0) {
    // The partitions stay ours until assign(NULL), which may come after the callback: the group
    // waits for it. That leaves the worker one call of its own to commit in.
    pending_ = Pending::kRevoking;
    revoking_ = true;
  } else {
    if (code != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS &&
        code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
      base::log_warn("kafka", name() + ": rebalance failed: " + rd_kafka_err2str(code));
    }
    end_term();
    rd_kafka_assign(client, nullptr);
    pending_ = Pending::kLost;
  }
  rd_kafka_yield(client);
}

void GroupConsumer::adopt(rd_kafka_t* client, const rd_kafka_topic_partition_list_t& partitions) {
  assigned_.clear();
  for (int i = 0; i < partitions.cnt; ++i) {
    if (const auto topic = topics_.find(partitions.elems[i].topic)) {
      assigned_.push_back({.topic = *topic, .number = partitions.elems[i].partition});
    }
  }
  std::sort(assigned_.begin(), assigned_.end());
  membership_.reset(rd_kafka_consumer_group_metadata(client));
  if (generation_of(membership_.get()) < 0) {
    membership_.reset();
  }
  ++term_;
  in_term_ = true;
  // Takes the assignment without reading anything yet.
  const ListPtr nothing(rd_kafka_topic_partition_list_new(0));
  rd_kafka_assign(client, nothing.get());
  stats().rebalances.fetch_add(1, std::memory_order_relaxed);
  pending_ = Pending::kAssigned;
}

void GroupConsumer::end_term() {
  in_term_ = false;
  revoking_ = false;
  membership_.reset();
  assigned_.clear();
  slots_.clear();
  route_ = {};
  ends_.forget_all();
}

void GroupConsumer::give_back() {
  end_term();
  rd_kafka_assign(client_.get(), nullptr);
}

const rd_kafka_consumer_group_metadata_t* GroupConsumer::membership(uint64_t term) const {
  if (closed_ || !in_term_ || term != term_ || rd_kafka_assignment_lost(client_.get()) != 0) {
    return nullptr;
  }
  return membership_.get();
}

void GroupConsumer::expire(uint64_t term) {
  if (term == term_ && in_term_) {
    const bool revoking = revoking_;
    end_term();
    revoking_ = revoking;  // the partitions are still to be given back
  }
}

void GroupConsumer::note_disconnects() {
  if (std::exchange(disconnects_seen_, disconnects()) != disconnects()) {
    fences_.on_disconnect(now_ms());
  }
}

void GroupConsumer::on_fatal(rd_kafka_resp_err_t code, std::string_view text) {
  note_disconnects();
  if (code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID &&
      (fenced_by_ghost_ || fences_.is_own(now_ms()))) {
    if (!std::exchange(fenced_by_ghost_, true)) {
      base::log_warn("kafka", name() + ": fenced by a join of its own that was lost; joins anew");
      stats().fenced.fetch_add(1, std::memory_order_relaxed);
    }
    end_term();
    pending_ = Pending::kLost;
    return;
  }
  fatal_ = failure(code, name() + " cannot go on, " + std::string(text));
}

// --- reading
// ----------------------------------------------------------------------------------------

base::Status GroupConsumer::start(const std::vector<log::Position>& positions) {
  if (in_group_ && (!in_term_ || revoking_)) {
    // An assign() now would be taken as the answer to the revocation.
    return positions.empty()
               ? base::Status::ok()
               : base::Status(base::Next::kRejoin, "the assignment is over", base::Exit::kFenced);
  }
  const ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
  std::vector<Slot> slots;
  for (const log::Position& each : positions) {
    const bool ours = !in_group_ || std::binary_search(assigned_.begin(), assigned_.end(), each.at);
    if (!ours || each.offset < 0 || each.at.topic >= topics_.size()) {
      return base::Status::bug("start() of a partition that is not assigned, or without an offset");
    }
    rd_kafka_topic_partition_list_add(
        list.get(), topics_.name(each.at.topic).c_str(), each.at.number)
        ->offset = each.offset;
    slots.push_back({.at = each.at, .expected = each.offset});
  }
  std::sort(slots.begin(), slots.end(), [](const Slot& a, const Slot& b) { return a.at < b.at; });
  const rd_kafka_resp_err_t code = rd_kafka_assign(client_.get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return failure(code, "assigning " + std::to_string(positions.size()) + " partitions");
  }
  slots_ = std::move(slots);
  route_ = {};
  ends_.forget_all();
  return base::Status::ok();
}

void GroupConsumer::poll(const log::PollBudget& budget, std::vector<log::Event>& events) {
  messages_.clear();
  records_ = {};
  if (closed_) {
    return;
  }
  if (fenced_by_ghost_) {
    // Now, when nothing of the old handle is in use any more.
    if (base::Status status = rejoin(); !status.is_ok()) {
      events.emplace_back(log::Failed{.status = std::move(status)});
      return;
    }
  }
  note_disconnects();
  if (revoking_) {
    give_back();
  }
  settle_doubt(events);
  const Deadline deadline((budget.wait_us + 999) / 1'000);
  while (records_.size() < budget.records && pending_ == Pending::kNothing && !fatal_) {
    const bool something = !events.empty() || !records_.empty();
    MessagePtr message(rd_kafka_consumer_poll(client_.get(), wait_ms(deadline, something)));
    if (message != nullptr) {
      if (!take(std::move(message), events)) {
        break;
      }
      continue;
    }
    if (!something) {
      report_ends(events);
    }
    if (something || !events.empty() || deadline.over()) {
      break;
    }
  }
  report_records(events);
  report_ends(events);
  report_pending(events);
}

int GroupConsumer::wait_ms(const Deadline& deadline, bool something) const {
  if (something || deadline.over()) {
    return 0;
  }
  return ends_.busy() ? deadline.left_ms(kWatchfulWaitMs) : deadline.left_ms();
}

GroupConsumer::Slot* GroupConsumer::slot_of(const rd_kafka_message_t& message) {
  if (message.rkt == nullptr) {
    return nullptr;
  }
  if (route_.topic == message.rkt && route_.number == message.partition) {
    return route_.slot;
  }
  const auto topic = topics_.find(rd_kafka_topic_name(message.rkt));
  if (!topic) {
    return nullptr;
  }
  const log::Partition at{.topic = *topic, .number = message.partition};
  const auto it = std::lower_bound(
      slots_.begin(), slots_.end(), at, [](const Slot& slot, log::Partition wanted) {
        return slot.at < wanted;
      });
  if (it == slots_.end() || it->at != at) {
    return nullptr;
  }
  route_ = {.topic = message.rkt, .number = message.partition, .slot = &*it};
  return route_.slot;
}

bool GroupConsumer::take(MessagePtr message, std::vector<log::Event>& events) {
  Slot* slot = slot_of(*message);
  const rd_kafka_resp_err_t code = message->err;
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (slot != nullptr && !slot->stopped) {
      take_record(std::move(message), *slot);
    }
    return true;
  }
  if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    if (slot != nullptr && !slot->stopped) {
      slot->expected = std::max(slot->expected, message->offset);
      slot->at_end = true;
      ends_.watch(slot->at, slot->expected);
    }
    return true;
  }
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    on_error(client_.get(), code, "");
    return false;
  }
  const Meaning meaning = meaning_of(code);
  if (meaning == Meaning::kTransient || meaning == Meaning::kTermOver ||
      (slot == nullptr && meaning == Meaning::kUnlisted)) {
    return true;  // the client's own retries or the rebalance say what follows
  }
  std::string what = name();
  if (slot != nullptr) {
    what = "reading " + topics_.text(slot->at) + " at offset " + std::to_string(slot->expected);
  }
  if (meaning == Meaning::kMissing && message->rkt != nullptr) {
    if (!doubt_) {
      doubt_ = Doubt{.topic = rd_kafka_topic_name(message->rkt),
                     .number = message->partition,
                     .status = failure(code, what),
                     .until = Deadline(options_.request_timeout_ms)};
    }
    return true;
  }
  if (slot != nullptr) {
    slot->stopped = true;
  }
  report_records(events);
  events.emplace_back(log::Failed{.status = failure(code, what)});
  return false;
}

void GroupConsumer::settle_doubt(std::vector<log::Event>& events) {
  if (!doubt_ || !doubt_->until.over()) {
    return;
  }
  const Presence presence = presence_of(client_.get(), doubt_->topic, doubt_->number);
  if (presence == Presence::kUnanswered) {
    doubt_->until = Deadline(options_.request_timeout_ms);
    return;
  }
  if (presence == Presence::kMissing) {
    events.emplace_back(log::Failed{.status = std::move(doubt_->status)});
  }
  doubt_.reset();
}

void GroupConsumer::take_record(MessagePtr message, Slot& slot) {
  if (message->offset < slot.expected) {
    stats().dropped_below_expected.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  slot.expected = message->offset + 1;
  if (slot.at_end) {
    slot.at_end = false;
    ends_.moved(slot.at);
  }
  records_.push_back(record_of(*message, slot.at));
  messages_.push_back(std::move(message));
}

void GroupConsumer::report_records(std::vector<log::Event>& events) {
  if (!records_.empty()) {
    events.emplace_back(log::Records{.records = std::exchange(records_, {})});
  }
}

// A partition that was left again meanwhile is not watched any more, so what comes is true now, or
// after the records reported before.
void GroupConsumer::report_ends(std::vector<log::Event>& events) {
  for (const log::End& each : ends_.take()) {
    events.emplace_back(each);
  }
}

void GroupConsumer::report_pending(std::vector<log::Event>& events) {
  switch (std::exchange(pending_, Pending::kNothing)) {
    case Pending::kNothing:
      break;
    case Pending::kAssigned:
      events.emplace_back(log::Assigned{.term = term_, .partitions = assigned_});
      break;
    case Pending::kRevoking:
      events.emplace_back(log::Revoking{});
      break;
    case Pending::kLost:
      events.emplace_back(log::Lost{});
      break;
  }
  if (fatal_) {
    events.emplace_back(log::Failed{.status = *std::exchange(fatal_, std::nullopt)});
  }
}

void GroupConsumer::close(int64_t timeout_ms) {
  if (closed_) {
    return;
  }
  closed_ = true;
  messages_.clear();
  const bool was_revoking = revoking_;
  end_term();
  if (client_ == nullptr) {
    return;
  }
  if (was_revoking) {
    rd_kafka_assign(client_.get(), nullptr);
  }
  if (in_group_ && !static_member_) {
    const QueuePtr queue(rd_kafka_queue_new(client_.get()));
    const ErrorPtr error(rd_kafka_consumer_close_queue(client_.get(), queue.get()));
    const Deadline deadline(timeout_ms);
    while (error == nullptr && rd_kafka_consumer_closed(client_.get()) == 0 && !deadline.over()) {
      // As events, not as callbacks: records still come by here, which callbacks cannot take.
      const EventPtr event(rd_kafka_queue_poll(queue.get(), deadline.left_ms(50)));
      if (event != nullptr && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE) {
        rd_kafka_assign(client_.get(), nullptr);
      }
    }
  }
  client_.reset();
}

}  // namespace kaiku::kafka
