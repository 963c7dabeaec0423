#include "kaiku/kafka/kafka_log.h"

#include <charconv>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "kaiku/base/event_time.h"
#include "kaiku/base/limits.h"
#include "kaiku/base/logger.h"

#include "kafka/client.h"
#include "kafka/deadline.h"
#include "kafka/end_watch.h"
#include "kafka/error_map.h"
#include "kafka/group_consumer.h"
#include "kafka/metadata.h"
#include "kafka/partition_reader.h"
#include "kafka/patience.h"
#include "kafka/topic_index.h"
#include "kafka/transactional_producer.h"

namespace kaiku::kafka {
namespace {

// A topic that was created just now is not known to every broker at once.
constexpr int64_t kCreationGraceMs = 2'000;
constexpr int kAliveMs = 2'000;  // for the question whether the broker answers at all
// The coordinator aborts what is older than its producer allows. Longer than that: it has forgotten
// the transaction, and nobody will decide it.
constexpr int64_t kForgottenMs = 60'000;

class KafkaLog final : public log::Log {
 public:
  explicit KafkaLog(KafkaOptions options)
      : options_(std::move(options)), index_(*options_.topics), reader_(options_, index_) {}

  ~KafkaLog() override { close(); }

  [[nodiscard]] base::Status open();

  std::vector<log::Event> poll(const log::PollBudget& budget) override;
  [[nodiscard]] base::Status start(const std::vector<log::Position>& positions) override;
  log::Ticket submit(log::Transaction transaction) override;
  [[nodiscard]] base::Result<log::CommitResult> resolve(log::Ticket ticket,
                                                        const log::OffsetCommit& probe) override;
  [[nodiscard]] base::Result<log::Committed> committed(log::Partition at) override;
  [[nodiscard]] base::Result<log::Ends> ends(log::Partition at, log::Isolation isolation) override;
  [[nodiscard]] base::Status read(log::Partition at, int64_t from, log::RecordSink& sink) override;
  [[nodiscard]] base::Result<int32_t> partition_count(log::TopicId topic) override;
  void close() override;

 private:
  [[nodiscard]] base::Status check_topics();
  [[nodiscard]] base::Status check_topic(const std::string& name, const Deadline& deadline);
  [[nodiscard]] CommitOutcome attempt(const log::Transaction& transaction);
  [[nodiscard]] base::Status not_answered(log::Partition at,
                                          rd_kafka_resp_err_t code,
                                          const Deadline& asked);

  KafkaOptions options_;
  TopicIndex index_;
  PartitionReader reader_;
  std::unique_ptr<EndWatch> ends_;
  std::unique_ptr<TransactionalProducer> producer_;
  std::unique_ptr<GroupConsumer> consumer_;

  log::Ticket last_ticket_ = 0;
  uint64_t last_term_ = 0;       // of the last ticket
  bool resolving_ = false;       // the producer of the last ticket is thrown away already
  std::vector<log::Event> due_;  // what submit() has to say at the next poll
  // Since committed offsets are held back by an undecided transaction.
  std::optional<Deadline> undecided_;
};

base::Status closed() {
  return {base::Next::kRejoin, "the log is closed", base::Exit::kUnavailable};
}

base::Status KafkaLog::open() {
  base::Result<std::unique_ptr<EndWatch>> ends =
      EndWatch::open(options_.common, options_.consumer, index_, options_.worker, options_.stats);
  if (!ends) {
    return ends.error();
  }
  ends_ = std::move(ends).value();
  base::Result<std::unique_ptr<GroupConsumer>> consumer =
      GroupConsumer::open(options_, index_, *ends_);
  if (!consumer) {
    return consumer.error();
  }
  consumer_ = std::move(consumer).value();
  // Taking the transactional id waits for what a predecessor left open: joining goes on meanwhile.
  base::Result<std::unique_ptr<TransactionalProducer>> producer =
      TransactionalProducer::open(options_, index_);
  if (!producer) {
    return producer.error();
  }
  producer_ = std::move(producer).value();
  if (base::Status status = check_topics(); !status.is_ok()) {
    return status;
  }
  return options_.subscribe.empty() ? base::Status::ok() : consumer_->subscribe(options_.subscribe);
}

// Subscribing to a topic that does not exist is only answered much later, and differently.
base::Status KafkaLog::check_topics() {
  const Deadline deadline(options_.start_timeout_ms);
  for (const log::TopicId id : options_.subscribe) {
    if (base::Status status = check_topic(index_.name(id), deadline); !status.is_ok()) {
      return status;
    }
  }
  return base::Status::ok();
}

base::Status KafkaLog::check_topic(const std::string& name, const Deadline& deadline) {
  const Deadline grace(kCreationGraceMs);
  while (true) {
    const base::Result<int32_t> count =
        partitions_of(consumer_->handle(), name, deadline.left_ms(5'000));
    if (count) {
      return base::Status::ok();
    }
    const bool unanswered = count.error().next() == base::Next::kRetry;
    if (unanswered && deadline.over()) {
      return base::Status::stop(base::Exit::kUnavailable,
                                "no broker answers within " +
                                    std::to_string(options_.start_timeout_ms) +
                                    " ms: " + consumer_->last_complaint());
    }
    if (!unanswered && (grace.over() || count.error().exit_code() != base::Exit::kUnavailable)) {
      return count.error();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

std::vector<log::Event> KafkaLog::poll(const log::PollBudget& budget) {
  std::vector<log::Event> events = std::exchange(due_, {});
  if (consumer_ == nullptr) {
    return events;
  }
  producer_->serve();
  if (std::optional<base::Status> failed = producer_->take_failure()) {
    events.emplace_back(log::Failed{.status = std::move(*failed)});
  }
  consumer_->poll(budget, events);
  return events;
}

base::Status KafkaLog::start(const std::vector<log::Position>& positions) {
  return consumer_ == nullptr ? closed() : consumer_->start(positions);
}

log::Ticket KafkaLog::submit(log::Transaction transaction) {
  KAIKU_CHECK(!transaction.offsets.empty(), "a transaction without offsets has no fence");
  last_term_ = transaction.term;
  resolving_ = false;
  const log::Ticket ticket = ++last_ticket_;
  CommitOutcome outcome = attempt(transaction);
  if (!outcome.reason.is_ok()) {
    base::log_warn(
        "kafka",
        "commit of worker " + std::to_string(options_.worker) + ": " + outcome.reason.message());
  }
  due_.emplace_back(log::Answer{.ticket = ticket,
                                .result = outcome.result,
                                .first_offsets = std::move(outcome.first_offsets)});
  if (outcome.reason.next() == base::Next::kStop) {
    due_.emplace_back(log::Failed{.status = std::move(outcome.reason)});
  }
  return ticket;
}

CommitOutcome KafkaLog::attempt(const log::Transaction& transaction) {
  const rd_kafka_consumer_group_metadata_t* membership =
      consumer_ == nullptr ? nullptr : consumer_->membership(transaction.term);
  if (membership == nullptr) {
    return {.result = log::CommitResult::kFenced,
            .reason = {
                base::Next::kRejoin, "the term of the transaction is over", base::Exit::kFenced}};
  }
  for (const log::OffsetCommit& each : transaction.offsets) {
    if (each.metadata.size() > base::limits::kOffsetMetadataBytes) {
      return {.result = log::CommitResult::kNotCommitted,
              .reason = base::Status::stop(
                  base::Exit::kBug,
                  "offset metadata of " + index_.text(each.at) + " is longer than a broker takes")};
    }
  }
  CommitOutcome outcome = producer_->commit(transaction, *membership);
  if (outcome.result == log::CommitResult::kFenced) {
    consumer_->expire(transaction.term);
  }
  return outcome;
}

base::Result<log::CommitResult> KafkaLog::resolve(log::Ticket /*ticket*/,
                                                  const log::OffsetCommit& probe) {
  if (consumer_ == nullptr) {
    return closed();
  }
  if (!resolving_) {
    if (base::Status status = producer_->rebuild(); !status.is_ok()) {
      return status;
    }
    resolving_ = true;
  }
  if (base::Status status = producer_->wait_ready(Deadline(options_.request_timeout_ms));
      !status.is_ok()) {
    if (status.exit_code() == base::Exit::kFenced) {
      return log::CommitResult::kFenced;
    }
    return status;
  }
  if (consumer_->membership(last_term_) == nullptr) {
    return log::CommitResult::kFenced;
  }
  const base::Result<log::Committed> now = committed(probe.at);
  if (!now) {
    return now.error();
  }
  return now.value().next_offset == probe.next_offset && now.value().metadata == probe.metadata
             ? log::CommitResult::kCommitted
             : log::CommitResult::kNotCommitted;
}

base::Result<log::Committed> KafkaLog::committed(log::Partition at) {
  if (consumer_ == nullptr) {
    return closed();
  }
  const Deadline asked(kForgottenMs);
  const ListPtr list = index_.list_of(at);
  // On a read_committed handle: waits for the verdict on offsets of a transaction under way.
  const rd_kafka_topic_partition_t& entry = list->elems[0];
  const rd_kafka_resp_err_t code = ask_patiently(options_.request_timeout_ms, [&](int left_ms) {
    const rd_kafka_resp_err_t all = rd_kafka_committed(consumer_->handle(), list.get(), left_ms);
    return all == RD_KAFKA_RESP_ERR_NO_ERROR ? entry.err : all;
  });
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return not_answered(at, code, asked);
  }
  undecided_.reset();
  log::Committed result;
  if (entry.offset >= 0) {
    result.next_offset = entry.offset;
    result.metadata.assign(static_cast<const char*>(entry.metadata), entry.metadata_size);
  }
  return result;
}

// Nobody says it later: a worker that is asked to try again does so quietly, for as long as it
// takes.
base::Status KafkaLog::not_answered(log::Partition at,
                                    rd_kafka_resp_err_t code,
                                    const Deadline& asked) {
  const std::string what = "asking for the committed offset of " + index_.text(at);
  const base::Status status = failure(code, what);
  log::Ends alive;
  if (status.next() != base::Next::kRetry ||
      ends_of_known(ends_->handle(), index_.name(at.topic), at.number, alive, kAliveMs) !=
          RD_KAFKA_RESP_ERR_NO_ERROR) {
    return status;
  }
  if (!undecided_) {
    undecided_ = asked;
  }
  std::string text = what + ": held back for " + std::to_string(undecided_->elapsed_ms() / 1'000) +
                     " s by a transaction that is not decided";
  if (undecided_->over()) {
    text += "; the broker seems to have forgotten it, see the runbook 'hanging transaction'";
    base::log_error("kafka", text);
  } else {
    base::log_warn("kafka", text);
  }
  return {base::Next::kRetry, std::move(text), base::Exit::kUnavailable};
}

base::Result<log::Ends> KafkaLog::ends(log::Partition at, log::Isolation isolation) {
  if (consumer_ == nullptr) {
    return closed();
  }
  // A handle answers by its own isolation level: the last stable offset, or the true end.
  rd_kafka_t* handle =
      isolation == log::Isolation::kCommitted ? consumer_->handle() : ends_->handle();
  log::Ends result;
  const rd_kafka_resp_err_t code =
      ends_of_known(handle, index_.name(at.topic), at.number, result, options_.request_timeout_ms);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return failure(code, "asking for the ends of " + index_.text(at));
  }
  return result;
}

base::Status KafkaLog::read(log::Partition at, int64_t from, log::RecordSink& sink) {
  const base::Result<log::Ends> now = ends(at, log::Isolation::kUncommitted);
  return now ? reader_.read(at, from, now.value().high, sink) : now.error();
}

base::Result<int32_t> KafkaLog::partition_count(log::TopicId topic) {
  if (consumer_ == nullptr) {
    return closed();
  }
  return partitions_of_known(consumer_->handle(), index_.name(topic), options_.request_timeout_ms);
}

void KafkaLog::close() {
  consumer_.reset();
  producer_.reset();
  ends_.reset();
}

}  // namespace

base::Result<std::unique_ptr<log::Log>> make_kafka_log(KafkaOptions options) {
  KAIKU_CHECK(options.topics != nullptr, "a log needs the topics of its plan");
  if (options.stats == nullptr) {
    options.stats = std::make_shared<Stats>();
  }
  auto log = std::make_unique<KafkaLog>(std::move(options));
  if (base::Status status = log->open(); !status.is_ok()) {
    return status;
  }
  return std::unique_ptr<log::Log>(std::move(log));
}

int64_t session_timeout_us(const Properties& common, const Properties& consumer) {
  int64_t millis = 0;
  for (const Properties& properties : {consumer_defaults(), common, consumer}) {
    for (const auto& [name, value] : properties) {
      if (name == "session.timeout.ms") {
        (void)std::from_chars(value.data(), value.data() + value.size(), millis);
      }
    }
  }
  return millis * base::kMillisecond;
}

}  // namespace kaiku::kafka
