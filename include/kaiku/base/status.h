// Status says what the caller has to do next, not where an error came from.
//
// Threads: a value; no sharing rules.
// Owns:    its message.
// Cost:    a success allocates nothing.
// Fails:   never. A message names file, line, key, topic, partition, offset and the remedy; it
// never
//          holds a secret or a payload.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "kaiku/base/check.h"

namespace kaiku::base {

// What to do next.
enum class Next : unsigned char {
  kOk,          // go on
  kSkipRecord,  // this record becomes a dead letter, the next one is fine
  kRetry,       // the same call may succeed later
  kAbort,       // give this transaction up, redo the epoch
  kRejoin,      // ownership is gone: drop the shards and wait for a new assignment
  kRestore,     // local state cannot be trusted: rebuild it from the changelog
  kStop,        // an operator has to act; exit_code() says how the process ends
  kBug,         // an invariant of ours is broken
};

// Exit codes of the command line, after sysexits(3).
enum class Exit : unsigned char {
  kOk = 0,
  kUsage = 64,
  kBadData = 65,  // unusable input, an unbalanced ledger, a failed test of a pipeline
  kNoInput = 66,
  kUnavailable = 69,  // broker, topic or port
  kBug = 70,
  kCantCreate = 73,  // state directory
  kDiskFull = 74,
  kFenced = 75,  // another process holds the identity or the store
  kNoPermission = 77,
  kConfig = 78,  // configuration, or partition count
};

class [[nodiscard]] Status {
 public:
  Status() = default;

  Status(Next next, std::string message, Exit exit = Exit::kBug)
      : next_(next), exit_(next == Next::kOk ? Exit::kOk : exit), message_(std::move(message)) {}

  static Status ok() { return {}; }

  static Status stop(Exit exit, std::string message) {
    return {Next::kStop, std::move(message), exit};
  }

  static Status bug(std::string message) { return {Next::kBug, std::move(message), Exit::kBug}; }

  [[nodiscard]] bool is_ok() const { return next_ == Next::kOk; }

  [[nodiscard]] Next next() const { return next_; }

  [[nodiscard]] Exit exit_code() const { return exit_; }

  [[nodiscard]] const std::string& message() const { return message_; }

 private:
  Next next_ = Next::kOk;
  Exit exit_ = Exit::kOk;
  std::string message_;
};

// A value or the Status that says why there is none. Member names follow std::expected.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : content_(std::in_place_index<0>, std::move(value)) {
  }  // NOLINT(google-explicit-constructor)

  Result(Status error)
      : content_(std::in_place_index<1>, std::move(error)) {  // NOLINT(google-explicit-constructor)
    KAIKU_CHECK(!std::get<1>(content_).is_ok(), "a Result without a value needs an error");
  }

  [[nodiscard]] bool has_value() const { return content_.index() == 0; }

  explicit operator bool() const { return has_value(); }

  [[nodiscard]] T& value() & {
    KAIKU_CHECK(has_value(), "value() of a failed Result");
    return std::get<0>(content_);
  }

  [[nodiscard]] const T& value() const& {
    KAIKU_CHECK(has_value(), "value() of a failed Result");
    return std::get<0>(content_);
  }

  [[nodiscard]] T&& value() && {
    KAIKU_CHECK(has_value(), "value() of a failed Result");
    return std::get<0>(std::move(content_));
  }

  [[nodiscard]] const Status& error() const {
    KAIKU_CHECK(!has_value(), "error() of a successful Result");
    return std::get<1>(content_);
  }

  T& operator*() & { return value(); }

  const T& operator*() const& { return value(); }

  T* operator->() { return &value(); }

  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Status> content_;
};

}  // namespace kaiku::base
