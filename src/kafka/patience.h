// ask_patiently: a question about something that is known to exist is asked again, until its time
// is up, while the answer may be another one soon: leaders and coordinators move, and a broker that
// the controller has shut out for a moment does not know the partitions of its own topics.
//
// Threads: any.
// Owns:    nothing.
// Cost:    the question, 20 ms between two.
// Fails:   answers the last code: also that of a topic which is really gone, a second late at most.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <thread>

#include "kafka/deadline.h"
#include "kafka/error_map.h"

namespace kaiku::kafka {

// The answer may be another one soon.
[[nodiscard]] inline bool may_pass(rd_kafka_resp_err_t code) {
  const Meaning meaning = meaning_of(code);
  return meaning == Meaning::kTransient || meaning == Meaning::kMissing;
}

// `ask` takes the milliseconds it has and answers a code. What was denied is asked with time enough
// for an answer: running out of time must not hide that the topic is gone.
template <typename Ask>
rd_kafka_resp_err_t ask_patiently(int64_t timeout_ms, const Ask& ask) {
  constexpr int kAnswerMs = 1'000;
  const Deadline deadline(timeout_ms);
  int least_ms = 1;
  while (true) {
    const rd_kafka_resp_err_t code = ask(std::max(deadline.left_ms(), least_ms));
    if (!may_pass(code) || deadline.over()) {
      return code;
    }
    least_ms = meaning_of(code) == Meaning::kMissing ? kAnswerMs : 1;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace kaiku::kafka
