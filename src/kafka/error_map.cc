#include "kafka/error_map.h"

#include <algorithm>
#include <array>

namespace kaiku::kafka {
namespace {

struct Rule {
  rd_kafka_resp_err_t code;
  Meaning meaning;
};

using M = Meaning;

constexpr std::array kRules{
    // The client library retries these; the engine sees them as waiting.
    Rule{RD_KAFKA_RESP_ERR__TRANSPORT, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__RESOLVE, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__TIMED_OUT, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__WAIT_COORD, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__WAIT_CACHE, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__IN_PROGRESS, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__QUEUE_FULL, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__RETRY, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__PURGE_QUEUE, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR__OUTDATED, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_NOT_COORDINATOR, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_NOT_CONTROLLER, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_TRANSACTION_COORDINATOR_FENCED, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_PREFERRED_LEADER_NOT_AVAILABLE, M::kTransient},
    Rule{RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED, M::kTransient},

    Rule{RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, M::kTermOver},
    Rule{RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, M::kTermOver},
    Rule{RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST, M::kTermOver},
    Rule{RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, M::kIdentityTaken},

    Rule{RD_KAFKA_RESP_ERR__FENCED, M::kProducerFenced},
    Rule{RD_KAFKA_RESP_ERR_PRODUCER_FENCED, M::kProducerFenced},
    Rule{RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, M::kProducerFenced},

    Rule{RD_KAFKA_RESP_ERR__BAD_MSG, M::kDamaged},
    Rule{RD_KAFKA_RESP_ERR__BAD_COMPRESSION, M::kDamaged},
    Rule{RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED, M::kDamaged},
    Rule{RD_KAFKA_RESP_ERR_INVALID_MSG, M::kDamaged},
    Rule{RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE, M::kDamaged},
    Rule{RD_KAFKA_RESP_ERR__UNDERFLOW, M::kDamaged},

    Rule{RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, M::kOffsetGone},
    Rule{RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, M::kOffsetGone},
    Rule{RD_KAFKA_RESP_ERR__NO_OFFSET, M::kOffsetGone},

    Rule{RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, M::kMissing},
    Rule{RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, M::kMissing},
    Rule{RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, M::kMissing},

    Rule{RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, M::kDenied},
    Rule{RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, M::kDenied},
    Rule{RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, M::kDenied},
    Rule{RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, M::kDenied},
    Rule{RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, M::kDenied},
    Rule{RD_KAFKA_RESP_ERR__AUTHENTICATION, M::kDenied},
    Rule{RD_KAFKA_RESP_ERR__SSL, M::kDenied},

    Rule{RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, M::kRefused},
    Rule{RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, M::kRefused},
    Rule{RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, M::kRefused},
    Rule{RD_KAFKA_RESP_ERR_INVALID_RECORD, M::kRefused},
    Rule{RD_KAFKA_RESP_ERR_POLICY_VIOLATION, M::kRefused},
    Rule{RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE, M::kRefused},

    Rule{RD_KAFKA_RESP_ERR__INVALID_ARG, M::kMisconfigured},
    Rule{RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, M::kMisconfigured},
    Rule{RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, M::kMisconfigured},
    Rule{RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE, M::kMisconfigured},
    Rule{RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT, M::kMisconfigured},
    Rule{RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT, M::kMisconfigured},
    Rule{RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, M::kMisconfigured},
    Rule{RD_KAFKA_RESP_ERR_GROUP_MAX_SIZE_REACHED, M::kMisconfigured},
    Rule{RD_KAFKA_RESP_ERR_INVALID_GROUP_ID, M::kMisconfigured},
    Rule{RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, M::kMisconfigured},
    Rule{RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, M::kMisconfigured},
    Rule{RD_KAFKA_RESP_ERR_INVALID_CONFIG, M::kMisconfigured},
    Rule{RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, M::kMisconfigured},
};

struct Consequence {
  base::Next next;
  base::Exit exit;
  std::string_view remedy;
};

Consequence consequence_of(Meaning meaning) {
  switch (meaning) {
    case M::kTransient:
      return {base::Next::kRetry, base::Exit::kUnavailable, ""};
    case M::kTermOver:
      return {base::Next::kRejoin, base::Exit::kFenced, ""};
    case M::kIdentityTaken:
      return {base::Next::kStop,
              base::Exit::kFenced,
              "; another process uses the same group.instance.id: give each process its own"};
    case M::kProducerFenced:
      return {base::Next::kStop,
              base::Exit::kFenced,
              "; another process uses the same transactional id: give each process its own"};
    case M::kDamaged:
      return {base::Next::kStop,
              base::Exit::kBadData,
              "; nothing after it is read: repair the partition or recover it from a replica"};
    case M::kOffsetGone:
      return {base::Next::kStop,
              base::Exit::kNoInput,
              "; retention deleted what was not read yet: records are missing, which only an "
              "operator may accept"};
    case M::kMissing:
      return {base::Next::kStop,
              base::Exit::kUnavailable,
              "; create it with `kaiku topics apply`, or correct its name"};
    case M::kDenied:
      return {base::Next::kStop,
              base::Exit::kNoPermission,
              "; check the credentials and the access lists of the broker"};
    case M::kRefused:
      return {base::Next::kStop,
              base::Exit::kConfig,
              "; check max.message.bytes, the limits on time stamps and the policies of the topic"};
    case M::kMisconfigured:
      return {base::Next::kStop, base::Exit::kConfig, "; the settings do not fit the broker"};
    case M::kUnlisted:
      break;
  }
  return {base::Next::kStop, base::Exit::kUnavailable, ""};
}

}  // namespace

Meaning meaning_of(rd_kafka_resp_err_t code) noexcept {
  const auto* rule = std::find_if(
      kRules.begin(), kRules.end(), [code](const Rule& each) { return each.code == code; });
  return rule == kRules.end() ? Meaning::kUnlisted : rule->meaning;
}

base::Status failure(rd_kafka_resp_err_t code, std::string_view what) {
  const Consequence consequence = consequence_of(meaning_of(code));
  std::string text(what);
  text += ": ";
  text += rd_kafka_err2str(code);
  text += " (";
  text += rd_kafka_err2name(code);
  text += ")";
  text += consequence.remedy;
  return {consequence.next, std::move(text), consequence.exit};
}

}  // namespace kaiku::kafka
