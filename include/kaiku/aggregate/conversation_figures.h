// ConversationFigures: what became of the conversations of one brand, channel and type in some span
// of event time. A part of Aggregate with the same algebra.
//
// Threads: confined to its user.
// Owns:    its sketches, empty until something is recorded.
// Cost:    a merge is a few additions and the sketches that are there.
// Fails:   decode() is false on anything but a well-formed value.
// Format:  presence mask varint (a bit per field, in the order of this struct), then the fields
// that
//          are not zero or empty: counts as svarint, sketches in their own format.
//
// Every count is booked in the minute in which it was decided, in event time: an opening when it
// happened, an answer when it was given, a breach at the deadline, a deflection when its waiting
// time ended. So a closed window is never changed by a conversation that goes on.
#pragma once

#include <array>
#include <cstdint>

#include "kaiku/base/bytes.h"
#include "kaiku/model/conversation.h"
#include "kaiku/sketch/hyperloglog.h"
#include "kaiku/sketch/log_histogram.h"

namespace kaiku::aggregate {

enum class AnsweredBy : uint8_t { kBrand, kPeer, kBot };
inline constexpr size_t kAnsweredBy = 3;

enum class CloseReason : uint8_t { kStatus, kAccepted, kInactivity, kTtl };
inline constexpr size_t kCloseReasons = 4;

enum class Speaker : uint8_t { kCustomer, kBrand, kPeer, kBot };
inline constexpr size_t kSpeakers = 4;

// Durations in milliseconds.
struct ConversationFigures {
  int64_t opened = 0;
  std::array<int64_t, kAnsweredBy> first_answer_by{};  // who answered first
  int64_t peer_before_brand = 0;                       // pairs in peer_lead
  int64_t sla_met = 0;
  int64_t sla_breached = 0;  // at the deadline without an answer, or answered after it
  int64_t unanswered_at_deadline = 0;
  int64_t resolved = 0;  // first resolutions
  int64_t reopened = 0;
  std::array<int64_t, kCloseReasons> closed{};
  int64_t two_way = 0;         // closed ones: a brand message and a customer message after it
  int64_t never_answered = 0;  // closed ones without any answer
  int64_t deflected = 0;       // strict deflection
  std::array<int64_t, kSpeakers> messages{};
  int64_t messages_of_closed = 0;
  int64_t root_unknown = 0;
  int64_t rated = 0;  // customer satisfaction: ratings and their sum
  int64_t rating_sum = 0;
  int64_t rated_good = 0;  // 4 and 5
  sketch::LogHistogram first_response_public;
  sketch::LogHistogram first_response_private;
  sketch::LogHistogram first_response_business;  // in the brand's business hours
  sketch::LogHistogram resolution;               // to the first resolution
  sketch::LogHistogram resolution_final;         // of reopened ones, to the last one
  sketch::LogHistogram peer_lead;                // how much earlier the peer was
  sketch::HyperLogLog members;                   // authors of messages

  [[nodiscard]] int64_t closed_total() const;
  [[nodiscard]] bool is_empty() const;

  void merge(const ConversationFigures& other);
  void clear();
  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);
  [[nodiscard]] size_t memory_bytes() const;
};

}  // namespace kaiku::aggregate
