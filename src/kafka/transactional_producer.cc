#include "kafka/transactional_producer.h"

#include <array>
#include <cstdlib>
#include <cstring>

#include "kaiku/base/limits.h"
#include "kaiku/base/logger.h"
#include "kaiku/log/murmur2.h"

#include "kafka/error_map.h"
#include "kafka/metadata.h"
#include "kafka/outgoing.h"

namespace kaiku::kafka {
namespace {

constexpr int kInitSliceMs = 500;
constexpr int kWarmUpMs = 5'000;
constexpr int64_t kInitPatienceMs = 15'000;

int64_t number_setting(const rd_kafka_t* client, const char* name, int64_t otherwise) {
  std::array<char, 32> text{};
  size_t size = text.size();
  if (rd_kafka_conf_get(rd_kafka_conf(const_cast<rd_kafka_t*>(client)), name, text.data(), &size) !=
      RD_KAFKA_CONF_OK) {
    return otherwise;
  }
  return std::atoll(text.data());
}

ListPtr list_of(const std::vector<log::OffsetCommit>& offsets, const TopicIndex& topics) {
  ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const log::OffsetCommit& each : offsets) {
    rd_kafka_topic_partition_t* entry = rd_kafka_topic_partition_list_add(
        list.get(), topics.name(each.at.topic).c_str(), each.at.number);
    entry->offset = each.next_offset;
    if (!each.metadata.empty()) {
      // The list frees it.
      entry->metadata = std::malloc(each.metadata.size());
      KAIKU_CHECK(entry->metadata != nullptr, "out of memory");
      std::memcpy(entry->metadata, each.metadata.data(), each.metadata.size());
      entry->metadata_size = each.metadata.size();
    }
  }
  return list;
}

}  // namespace

TransactionalProducer::TransactionalProducer(const KafkaOptions& options, const TopicIndex& topics)
    : ClientHooks("producer " + std::to_string(options.worker), options.stats),
      options_(options),
      topics_(topics) {}

base::Result<std::unique_ptr<TransactionalProducer>> TransactionalProducer::open(
    const KafkaOptions& options, const TopicIndex& topics) {
  std::unique_ptr<TransactionalProducer> producer(new TransactionalProducer(options, topics));
  if (base::Status status = producer->connect(); !status.is_ok()) {
    return status;
  }
  return producer;
}

TransactionalProducer::~TransactionalProducer() {
  disconnect();
}

// --- identity
// ---------------------------------------------------------------------------------------

base::Status TransactionalProducer::connect() {
  Properties defaults = producer_defaults();
  defaults.emplace_back("transaction.timeout.ms", "10000");
  base::Result<ClientPtr> client =
      open_client({.kind = ClientKind::kProducer,
                   .delivery_hook = true,
                   .defaults = std::move(defaults),
                   .common = options_.common,
                   .specific = options_.producer,
                   .identities = {{"transactional.id", options_.transactional_id},
                                  {"enable.idempotence", "true"},
                                  {"acks", "all"}}},
                  *this);
  if (!client) {
    return client.error();
  }
  client_ = std::move(client).value();
  socket_timeout_ms_ = number_setting(client_.get(), "socket.timeout.ms", socket_timeout_ms_);
  transaction_timeout_ms_ =
      number_setting(client_.get(), "transaction.timeout.ms", transaction_timeout_ms_);
  stale_ = false;
  age_ = Deadline(kInitPatienceMs);
  handles_.clear();
  handles_.resize(topics_.size());
  partitions_.assign(topics_.size(), 0);
  for (size_t i = 0; i < topics_.size(); ++i) {
    if (options_.topics->at(static_cast<log::TopicId>(i)).role != log::TopicRole::kSource) {
      (void)topic(static_cast<log::TopicId>(i));
    }
  }
  {
    const std::lock_guard lock(mutex_);
    ready_ = stopping_ = broken_reported_ = false;
    broken_.reset();
  }
  initialiser_ = std::thread([this] { initialise(); });
  return base::Status::ok();
}

void TransactionalProducer::disconnect() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  if (initialiser_.joinable()) {
    initialiser_.join();
  }
  if (client_ != nullptr) {
    // Does not wait for answers: nothing may be concluded from them any more.
    rd_kafka_purge(
        client_.get(),
        RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
  }
  handles_.clear();
  client_.reset();
}

base::Status TransactionalProducer::rebuild() {
  base::log_info("kafka", name() + ": starting anew");
  stats().txn_retries.fetch_add(1, std::memory_order_relaxed);
  disconnect();
  return connect();
}

bool TransactionalProducer::stop_requested() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void TransactionalProducer::initialise() {
  std::optional<base::Status> broken;
  while (!stop_requested()) {
    // In slices, so that a broker that is away does not hold up a shutdown. A call that timed out
    // is resumed by the next one.
    const ErrorPtr error(rd_kafka_init_transactions(client_.get(), kInitSliceMs));
    if (error == nullptr) {
      warm_up();
      break;
    }
    const rd_kafka_resp_err_t code = rd_kafka_error_code(error.get());
    if (rd_kafka_error_is_fatal(error.get()) != 0 ||
        (rd_kafka_error_is_retriable(error.get()) == 0 &&
         meaning_of(code) != Meaning::kTransient)) {
      broken = failure(code, "taking the transactional id '" + options_.transactional_id + "'");
      break;
    }
  }
  const std::lock_guard lock(mutex_);
  broken_ = std::move(broken);
  ready_ = !broken_ && !stopping_;
  wake_.notify_all();
}

// The first record to a topic the client has not met yet may wait a second for its metadata.
void TransactionalProducer::warm_up() {
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(client_.get(), 0, nullptr, &metadata, kWarmUpMs) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return;  // it is asked again when it is needed
  }
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const auto id = topics_.find(metadata->topics[i].topic);
    if (id && metadata->topics[i].err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      partitions_[*id] = metadata->topics[i].partition_cnt;
    }
  }
  rd_kafka_metadata_destroy(metadata);
}

base::Status TransactionalProducer::wait_ready(const Deadline& deadline) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, std::chrono::milliseconds(deadline.left_ms()), [this] {
    return ready_ || broken_.has_value();
  });
  if (broken_) {
    return *broken_;
  }
  if (!ready_) {
    lock.unlock();
    if (age_.elapsed_ms() > kInitPatienceMs) {
      // A request that met a coordinator which was just loading may hang in the client for a
      // minute.
      if (base::Status status = rebuild(); !status.is_ok()) {
        return status;
      }
    }
    return {base::Next::kRetry,
            "the transactional id '" + options_.transactional_id +
                "' could not be taken yet: " + last_complaint(),
            base::Exit::kUnavailable};
  }
  return base::Status::ok();
}

std::optional<base::Status> TransactionalProducer::take_failure() {
  const std::lock_guard lock(mutex_);
  if (!broken_ || std::exchange(broken_reported_, true)) {
    return std::nullopt;
  }
  return broken_;
}

void TransactionalProducer::serve() {
  rd_kafka_poll(client_.get(), 0);
}

// --- one transaction
// --------------------------------------------------------------------------------

CommitOutcome TransactionalProducer::commit(const log::Transaction& transaction,
                                            const rd_kafka_consumer_group_metadata_t& membership) {
  if (fenced_) {
    return {.result = log::CommitResult::kFenced, .reason = *fenced_};
  }
  Attempt attempt(options_.commit_budget_ms);
  if (stale_) {
    if (base::Status status = rebuild(); !status.is_ok()) {
      return {.result = log::CommitResult::kNotCommitted, .reason = std::move(status)};
    }
  }
  if (base::Status status = wait_ready(attempt.deadline); !status.is_ok()) {
    const bool fenced = status.exit_code() == base::Exit::kFenced;
    return {.result = fenced ? log::CommitResult::kFenced : log::CommitResult::kNotCommitted,
            .reason = std::move(status)};
  }
  if (ErrorPtr error(rd_kafka_begin_transaction(client_.get())); error != nullptr) {
    return verdict(attempt, std::move(error), Step::kBegin);
  }
  attempt.first_offsets.assign(transaction.appends.size(), -1);
  attempt_ = &attempt;
  const uint64_t disconnects_before = disconnects();
  CommitOutcome outcome;
  base::Status delivered = produce_all(transaction, attempt);
  if (!delivered.is_ok()) {
    outcome = give_up(attempt, std::move(delivered));
  } else if (ErrorPtr sent(
                 rd_kafka_send_offsets_to_transaction(client_.get(),
                                                      list_of(transaction.offsets, topics_).get(),
                                                      &membership,
                                                      attempt.deadline.left_ms()));
             sent != nullptr) {
    outcome = verdict(attempt, std::move(sent), Step::kOffsets);
  } else {
    outcome =
        verdict(attempt,
                ErrorPtr(rd_kafka_commit_transaction(client_.get(), attempt.deadline.left_ms())),
                Step::kCommit);
  }
  serve();
  attempt_ = nullptr;
  // A late repetition of the request that ended this transaction could end the next one: the client
  // repeats it with the same epoch. A new producer has a new epoch.
  if (attempt.deadline.elapsed_ms() > socket_timeout_ms_ / 2 ||
      disconnects() != disconnects_before) {
    stale_ = true;
  }
  return outcome;
}

base::Status TransactionalProducer::produce_all(const log::Transaction& transaction,
                                                Attempt& attempt) {
  for (size_t i = 0; i < transaction.appends.size(); ++i) {
    if (base::Status status = produce(transaction.appends[i], i, attempt); !status.is_ok()) {
      return status;
    }
  }
  return flush(attempt);
}

base::Status TransactionalProducer::produce(const log::Append& append,
                                            size_t index,
                                            Attempt& attempt) {
  const base::Result<int32_t> partition = partition_for(append, attempt.deadline);
  if (!partition) {
    return partition.error();
  }
  const Outgoing record{.topic = topic(append.to.topic),
                        .partition = partition.value(),
                        .has_key = !append.key.empty(),
                        .has_value = append.has_value,
                        .key = append.key,
                        .value = append.value,
                        .timestamp = append.timestamp,
                        .headers = &append.headers,
                        .opaque = reinterpret_cast<void*>(index + 1)};
  while (true) {
    const rd_kafka_resp_err_t code = send(client_.get(), record);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      ++attempt.pending;
      return base::Status::ok();
    }
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL || attempt.deadline.over()) {
      return failure(code, "writing to " + topics_.text({append.to.topic, partition.value()}));
    }
    rd_kafka_poll(client_.get(), attempt.deadline.left_ms(100));
  }
}

base::Status TransactionalProducer::flush(Attempt& attempt) {
  const rd_kafka_resp_err_t code = rd_kafka_flush(client_.get(), attempt.deadline.left_ms());
  if (attempt.delivery_error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return failure(attempt.delivery_error, "writing the records of a transaction");
  }
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR || attempt.pending != 0) {
    return failure(RD_KAFKA_RESP_ERR__TIMED_OUT,
                   "writing the records of a transaction, " + std::to_string(attempt.pending) +
                       " not confirmed (" + last_complaint() + ")");
  }
  return base::Status::ok();
}

void TransactionalProducer::on_delivery(const rd_kafka_message_t& message) {
  if (attempt_ == nullptr) {
    return;  // of a transaction that was given up
  }
  --attempt_->pending;
  const size_t index = reinterpret_cast<size_t>(message._private) - 1;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    // What was purged after the first failure is only its consequence.
    if (attempt_->delivery_error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      attempt_->delivery_error = message.err;
    }
  } else if (index < attempt_->first_offsets.size()) {
    attempt_->first_offsets[index] = message.offset;
  }
}

CommitOutcome TransactionalProducer::verdict(Attempt& attempt, ErrorPtr error, Step step) {
  if (error == nullptr) {
    stats().committed.fetch_add(1, std::memory_order_relaxed);
    return {.result = log::CommitResult::kCommitted,
            .first_offsets = std::move(attempt.first_offsets),
            .reason = base::Status::ok()};
  }
  constexpr std::array<std::string_view, 4> kSteps{
      "beginning", "sending the offsets of", "committing", "aborting"};
  const rd_kafka_resp_err_t code = rd_kafka_error_code(error.get());
  base::Status reason =
      failure(code,
              std::string(kSteps[static_cast<size_t>(step)]) + " a transaction, " +
                  redacted(rd_kafka_error_string(error.get())));
  if (meaning_of(code) == Meaning::kIdentityTaken) {
    // The term is over either way; the consumer hears of it too, and judges by whom.
    reason = {base::Next::kRejoin, reason.message(), base::Exit::kFenced};
  }
  const bool can_abort =
      step == Step::kOffsets ||
      (step == Step::kCommit && rd_kafka_error_txn_requires_abort(error.get()) != 0);
  if (can_abort && rd_kafka_error_is_fatal(error.get()) == 0) {
    return give_up(attempt, std::move(reason));
  }
  stale_ = true;
  // The coordinator also fences a producer whose transaction took too long: then nobody took our
  // place, and resolving tells what became of it.
  if (meaning_of(code) == Meaning::kProducerFenced &&
      attempt.deadline.elapsed_ms() < transaction_timeout_ms_ * 8 / 10) {
    stats().fenced.fetch_add(1, std::memory_order_relaxed);
    fenced_ = reason;
    return {.result = log::CommitResult::kFenced, .reason = std::move(reason)};
  }
  stats().unknown.fetch_add(1, std::memory_order_relaxed);
  return {.result = log::CommitResult::kUnknown,
          .reason = {base::Next::kRetry, reason.message(), base::Exit::kUnavailable}};
}

// The commit was not asked for, or was refused: a clean abort makes that certain.
CommitOutcome TransactionalProducer::give_up(Attempt& attempt, base::Status reason) {
  const Deadline deadline(options_.commit_budget_ms);
  ErrorPtr error(rd_kafka_abort_transaction(client_.get(), deadline.left_ms()));
  if (error != nullptr) {
    return verdict(attempt, std::move(error), Step::kAbort);
  }
  if (reason.next() == base::Next::kRejoin || reason.exit_code() == base::Exit::kFenced) {
    stats().fenced.fetch_add(1, std::memory_order_relaxed);
    return {.result = log::CommitResult::kFenced, .reason = std::move(reason)};
  }
  stats().aborted.fetch_add(1, std::memory_order_relaxed);
  return {.result = log::CommitResult::kNotCommitted, .reason = std::move(reason)};
}

base::Result<int32_t> TransactionalProducer::partition_for(const log::Append& append,
                                                           const Deadline& deadline) {
  int32_t& count = partitions_[append.to.topic];
  if (count == 0) {
    const base::Result<int32_t> asked = partitions_of_known(
        client_.get(), topic(append.to.topic), deadline.left_ms(options_.request_timeout_ms));
    if (!asked) {
      return asked.error();
    }
    count = asked.value();
  }
  if (append.to.number < 0) {
    return log::partition_of(append.key, count);
  }
  if (append.to.number >= count) {
    return base::Status::stop(base::Exit::kConfig,
                              "topic " + topics_.name(append.to.topic) + " has " +
                                  std::to_string(count) + " partitions, a record is for number " +
                                  std::to_string(append.to.number));
  }
  return append.to.number;
}

rd_kafka_topic_t* TransactionalProducer::topic(log::TopicId id) {
  TopicPtr& handle = handles_[id];
  if (handle == nullptr) {
    handle.reset(rd_kafka_topic_new(client_.get(), topics_.name(id).c_str(), nullptr));
  }
  return handle.get();
}

}  // namespace kaiku::kafka
