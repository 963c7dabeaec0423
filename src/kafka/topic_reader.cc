#include "kaiku/kafka/topic_reader.h"

#include <algorithm>
#include <optional>

#include "kafka/client.h"
#include "kafka/deadline.h"
#include "kafka/error_map.h"
#include "kafka/metadata.h"
#include "kafka/record_view.h"

namespace kaiku::kafka {
namespace {

class GrouplessReader final : public TopicReader {
 public:
  GrouplessReader(std::string topic, const ReadRange& range)
      : hooks_("reader", nullptr), topic_(std::move(topic)), range_(range) {}

  [[nodiscard]] base::Status connect(const Properties& common,
                                     const Properties& consumer,
                                     int64_t timeout_ms);

  base::Result<Got> next(TopicRecord& record, int64_t wait_ms) override;

 private:
  struct Part {
    int64_t next = 0;
    int64_t end = 0;  // when it was opened
  };

  [[nodiscard]] base::Status locate(int32_t number, const Deadline& deadline, Part& part);
  [[nodiscard]] base::Status assign();
  [[nodiscard]] bool finished() const;
  // Called missing for so long that the broker was asked once more, and said the same.
  [[nodiscard]] bool is_gone();
  // What a message without a record means: an error to answer, or nothing.
  [[nodiscard]] base::Status judge(rd_kafka_resp_err_t code);

  ClientHooks hooks_;
  std::string topic_;
  ReadRange range_;
  std::vector<Part> parts_;
  int64_t timeout_ms_ = 0;
  // Set while the client says that the topic is missing: it was there, so it may come back.
  std::optional<Deadline> missing_;
  ClientPtr client_;
  MessagePtr message_;
};

base::Status GrouplessReader::connect(const Properties& common,
                                      const Properties& consumer,
                                      int64_t timeout_ms) {
  const bool committed = range_.isolation == log::Isolation::kCommitted;
  base::Result<ClientPtr> client = open_client(
      {.kind = ClientKind::kConsumer,
       .defaults = consumer_defaults(),
       .common = common,
       .specific = consumer,
       // Polling needs a group's name; it is not joined.
       .identities = {{"group.id", "kaiku-reader"},
                      {"enable.auto.commit", "false"},
                      {"auto.offset.reset", "error"},
                      {"enable.partition.eof", "true"},
                      {"allow.auto.create.topics", "false"},
                      {"isolation.level", committed ? "read_committed" : "read_uncommitted"}}},
      hooks_);
  if (!client) {
    return client.error();
  }
  client_ = std::move(client).value();
  timeout_ms_ = timeout_ms;
  const Deadline deadline(timeout_ms);
  const base::Result<int32_t> count = partitions_of(client_.get(), topic_, deadline.left_ms());
  if (!count) {
    return count.error().next() == base::Next::kRetry
               ? base::Status::stop(base::Exit::kUnavailable,
                                    "no broker answers: " + hooks_.last_complaint())
               : count.error();
  }
  if (range_.partition >= count.value()) {
    return base::Status::stop(base::Exit::kUsage,
                              "topic " + topic_ + " has " + std::to_string(count.value()) +
                                  " partitions, not one of number " +
                                  std::to_string(range_.partition));
  }
  parts_.resize(static_cast<size_t>(count.value()));
  for (int32_t i = 0; i < count.value(); ++i) {
    if (range_.partition >= 0 && range_.partition != i) {
      continue;
    }
    if (base::Status status = locate(i, deadline, parts_[static_cast<size_t>(i)]);
        !status.is_ok()) {
      return status;
    }
  }
  return assign();
}

base::Status GrouplessReader::locate(int32_t number, const Deadline& deadline, Part& part) {
  log::Ends ends;
  const rd_kafka_resp_err_t code =
      ends_of_known(client_.get(), topic_, number, ends, deadline.left_ms());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return failure(code, "asking for the ends of " + topic_ + "/" + std::to_string(number));
  }
  part.end = ends.high;
  switch (range_.from) {
    case ReadRange::From::kBeginning:
      part.next = ends.low;
      break;
    case ReadRange::From::kEnd:
      part.next = ends.high;
      break;
    case ReadRange::From::kLast:
      part.next = std::max(ends.low, ends.high - std::max<int64_t>(range_.value, 0));
      break;
    case ReadRange::From::kOffset:
      part.next = std::clamp(range_.value, ends.low, ends.high);
      break;
  }
  return base::Status::ok();
}

base::Status GrouplessReader::assign() {
  const ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(parts_.size())));
  for (size_t i = 0; i < parts_.size(); ++i) {
    const auto number = static_cast<int32_t>(i);
    if (range_.partition < 0 || range_.partition == number) {
      rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), number)->offset =
          parts_[i].next;
    }
  }
  const rd_kafka_resp_err_t code = rd_kafka_assign(client_.get(), list.get());
  return code == RD_KAFKA_RESP_ERR_NO_ERROR ? base::Status::ok()
                                            : failure(code, "reading " + topic_);
}

bool GrouplessReader::finished() const {
  return !range_.follow && std::all_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return part.next >= part.end;
  });
}

bool GrouplessReader::is_gone() {
  if (!missing_ || !missing_->over()) {
    return false;
  }
  const Presence presence = presence_of(client_.get(), topic_, std::max(range_.partition, 0));
  missing_.reset();
  if (presence == Presence::kUnanswered) {
    missing_ = Deadline(timeout_ms_);
  }
  return presence == Presence::kMissing;
}

base::Status GrouplessReader::judge(rd_kafka_resp_err_t code) {
  switch (meaning_of(code)) {
    case Meaning::kTransient:
      return base::Status::ok();
    case Meaning::kMissing:
      if (!missing_) {
        missing_ = Deadline(timeout_ms_);
      }
      return base::Status::ok();
    default:
      return failure(code, "reading " + topic_);
  }
}

base::Result<TopicReader::Got> GrouplessReader::next(TopicRecord& record, int64_t wait_ms) {
  const Deadline deadline(wait_ms);
  while (!finished()) {
    message_.reset(rd_kafka_consumer_poll(client_.get(), wait_ms <= 0 ? 0 : deadline.left_ms()));
    if (message_ == nullptr) {
      if (is_gone()) {
        return failure(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "reading " + topic_);
      }
      return Got::kNothing;
    }
    const rd_kafka_resp_err_t code = message_->err;
    const auto number = static_cast<size_t>(message_->partition);
    if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF && number < parts_.size()) {
      parts_[number].next = std::max(parts_[number].next, message_->offset);
      continue;
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (base::Status status = judge(code); !status.is_ok()) {
        return status;
      }
      continue;
    }
    missing_.reset();
    Part& part = parts_.at(number);
    part.next = message_->offset + 1;
    if (!range_.follow && message_->offset >= part.end) {
      continue;
    }
    const log::Record view = record_of(*message_, {});
    record = {.partition = message_->partition,
              .offset = view.offset,
              .timestamp = view.timestamp,
              .has_key = view.has_key,
              .has_value = view.has_value,
              .key = view.key,
              .value = view.value,
              .headers = headers_of(*message_)};
    return Got::kRecord;
  }
  return Got::kEnd;
}

}  // namespace

base::Result<std::unique_ptr<TopicReader>> TopicReader::open(const Properties& common,
                                                             const Properties& consumer,
                                                             const std::string& topic,
                                                             const ReadRange& range,
                                                             int64_t timeout_ms) {
  auto reader = std::make_unique<GrouplessReader>(topic, range);
  if (base::Status status = reader->connect(common, consumer, timeout_ms); !status.is_ok()) {
    return status;
  }
  return std::unique_ptr<TopicReader>(std::move(reader));
}

}  // namespace kaiku::kafka
