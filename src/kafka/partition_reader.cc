#include "kafka/partition_reader.h"

#include <algorithm>
#include <utility>

#include "kafka/deadline.h"
#include "kafka/error_map.h"
#include "kafka/metadata.h"
#include "kafka/record_view.h"

namespace kaiku::kafka {
namespace {

constexpr int64_t kSliceMs = 250;

}  // namespace

PartitionReader::PartitionReader(const KafkaOptions& options, const TopicIndex& topics)
    : options_(options),
      topics_(topics),
      hooks_("reader " + std::to_string(options.worker), options.stats) {}

base::Status PartitionReader::open() {
  if (client_ != nullptr) {
    return base::Status::ok();
  }
  base::Result<ClientPtr> client =
      open_client({.kind = ClientKind::kConsumer,
                   .defaults = consumer_defaults(),
                   .common = options_.common,
                   .specific = options_.consumer,
                   // The group is named because polling needs one; it is neither joined nor
                   // committed to.
                   .identities = {{"group.id", options_.group_id},
                                  {"enable.auto.commit", "false"},
                                  {"enable.auto.offset.store", "false"},
                                  {"auto.offset.reset", "error"},
                                  {"isolation.level", "read_committed"},
                                  {"check.crcs", "true"},
                                  {"enable.partition.eof", "true"},
                                  {"allow.auto.create.topics", "false"}}},
                  hooks_);
  if (!client) {
    return client.error();
  }
  client_ = std::move(client).value();
  return base::Status::ok();
}

base::Status PartitionReader::read(log::Partition at,
                                   int64_t from,
                                   int64_t end,
                                   log::RecordSink& sink) {
  if (from >= end) {
    return base::Status::ok();
  }
  if (base::Status status = open(); !status.is_ok()) {
    return status;
  }
  const ListPtr list = topics_.list_of(at);
  list->elems[0].offset = from;
  const rd_kafka_resp_err_t code = rd_kafka_assign(client_.get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return failure(code, "reading " + topics_.text(at));
  }
  base::Status status = follow(at, from, end, sink);
  rd_kafka_assign(client_.get(), nullptr);
  return status;
}

base::Status PartitionReader::follow(log::Partition at,
                                     int64_t from,
                                     int64_t end,
                                     log::RecordSink& sink) {
  int64_t next = from;
  Deadline stall(options_.read_stall_ms);
  // The partition was there when it was asked for its end: that it is gone is believed when nothing
  // of it came for a while, and the broker says so again.
  rd_kafka_resp_err_t missing = RD_KAFKA_RESP_ERR_NO_ERROR;
  while (next < end) {
    const MessagePtr message(rd_kafka_consumer_poll(client_.get(), stall.left_ms(kSliceMs)));
    const rd_kafka_resp_err_t code =
        message == nullptr ? RD_KAFKA_RESP_ERR__TIMED_OUT : message->err;
    const int64_t before = next;
    if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      // The end of what is decided: behind the markers, but before an open transaction.
      next = std::max(next, message->offset);
    } else if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (message->offset >= end) {
        return base::Status::ok();
      }
      if (message->offset >= next) {
        next = message->offset + 1;
        log::Record record = record_of(*message, at);
        const std::vector<log::Header> headers = headers_of(*message);
        record.headers = &headers;
        if (!sink.on_record(record)) {
          return base::Status::ok();
        }
      }
    } else if (meaning_of(code) == Meaning::kMissing) {
      if (std::exchange(missing, code) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        stall = Deadline(options_.request_timeout_ms);
      }
    } else if (meaning_of(code) != Meaning::kTransient) {
      return failure(code, "reading " + topics_.text(at) + " at offset " + std::to_string(next));
    }
    if (next != before) {
      stall = Deadline(options_.read_stall_ms);
      missing = RD_KAFKA_RESP_ERR_NO_ERROR;
    } else if (stall.over() && missing != RD_KAFKA_RESP_ERR_NO_ERROR &&
               presence_of(client_.get(), topics_.name(at.topic), at.number) ==
                   Presence::kMissing) {
      return failure(missing, "reading " + topics_.text(at) + " at offset " + std::to_string(next));
    } else if (stall.over()) {
      return {base::Next::kRetry,
              "reading " + topics_.text(at) + " stopped at offset " + std::to_string(next) +
                  " of " + std::to_string(end) +
                  ": a transaction is undecided or the broker does not answer (" +
                  hooks_.last_complaint() + ")",
              base::Exit::kUnavailable};
    }
  }
  return base::Status::ok();
}

}  // namespace kaiku::kafka
