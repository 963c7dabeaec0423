// What comes over the exchange: who sent it, that nothing is missing, and how far the sender is.
#include "kaiku/shard/shard.h"

#include "shard/journey_stage.h"

namespace kaiku::shard {
namespace {

using base::Status;

std::string where(const log::Record& record, const Plan& plan) {
  return plan.topics.at(record.at.topic).name + "[" + std::to_string(record.at.number) +
         "] offset " + std::to_string(record.offset);
}

}  // namespace

Shard::Sender* Shard::sender_of(const exchange::EdgeHeader& header) {
  if (!header.from_router) {
    return header.shard < shards_.size() ? &shards_[header.shard] : nullptr;
  }
  for (size_t i = 0; i < plan_.sources.size(); ++i) {
    if (plan_.sources[i].name == header.source && plan_.sources[i].routing == Routing::kRouted &&
        header.partition < static_cast<uint32_t>(topology_.partitions[i])) {
      return &routed_[first_routed_[i] + header.partition];
    }
  }
  return nullptr;
}

Status Shard::check_sequence(const exchange::EdgeHeader& header,
                             const Sender& sender,
                             const log::Record& record,
                             bool& repeated) const {
  repeated = header.sequence <= sender.sequence;
  // A router that was set back numbers old records anew.
  const bool is_set_back = header.from_router && header.epoch < sender.offset;
  if ((header.sequence == sender.sequence + 1 && !is_set_back) || mutations_.ignore_sequence) {
    repeated = false;
    return Status::ok();
  }
  if (repeated && (!header.from_router || header.epoch <= sender.offset)) {
    return Status::ok();
  }
  const std::string from = header.from_router
                               ? header.source + "/" + std::to_string(header.partition)
                               : "shard " + std::to_string(header.shard);
  return Status::stop(
      base::Exit::kBadData,
      "torn edge: " + from + " to shard " + std::to_string(number_) + " sent sequence " +
          std::to_string(header.sequence) + " after " + std::to_string(sender.sequence) + " (" +
          where(record, plan_) +
          "): a transaction was torn or group offsets were lost; shard stopped, nothing "
          "more is counted. See runbook `torn edge` in deploy/README.md");
}

Status Shard::on_exchange(const log::Record& record) {
  exchange::EdgeHeader header;
  if (!exchange::decode_edge_header(record.value, header)) {
    return Status::stop(
        base::Exit::kBadData,
        "an exchange record is damaged: " + where(record, plan_) + "; shard stopped");
  }
  Sender* const sender = sender_of(header);
  if (header.fingerprint != plan_.fingerprint || header.to != number_ || sender == nullptr) {
    return Status::stop(base::Exit::kConfig,
                        "an exchange record belongs to another plan: " + where(record, plan_) +
                            "; stop the other plan, or give this one a name of its own");
  }
  bool repeated = false;
  if (Status status = check_sequence(header, *sender, record, repeated); !status.is_ok()) {
    return status;
  }
  exchange_next_ = record.offset + 1;
  if (repeated) {
    return Status::ok();
  }
  if (header.messages != 0) {
    dirty_ = true;
    if (!exchange::decode_edge(record.value, header, *this)) {
      return Status::stop(
          base::Exit::kBadData,
          "an exchange record does not decode: " + where(record, plan_) + "; shard stopped");
    }
    if (Status status = edge_status(); !status.is_ok()) {
      return status;
    }
  }
  sender->sequence = header.sequence;
  sender->offset = header.epoch;
  for (size_t level = 0; level < model::kLevels; ++level) {
    if (header.progress[level]) {
      sender->progress[level].raise_to(*header.progress[level]);
    }
  }
  if (header.voice) {
    sender->voice.add(*header.voice);
  }
  return Status::ok();
}

Status Shard::edge_status() const {
  const Status none;
  for (const Status* status : {&board_status_,
                               &order_status_,
                               &conversation_status_,
                               journeys_ != nullptr ? &journeys_->status() : &none}) {
    if (!status->is_ok()) {
      return *status;
    }
  }
  return none;
}

}  // namespace kaiku::shard
