// Lazy: a part of a value that most values do not have: a pointer until it is needed, then a value
// with copies of its own.
//
// Threads: confined to its user.
// Owns:    the part.
// Cost:    a pointer; making the part is one allocation.
// Fails:   never.
#pragma once

#include <memory>
#include <utility>

namespace kaiku::aggregate {

template <typename Part>
class Lazy {
 public:
  Lazy() = default;

  Lazy(const Lazy& other) : part_(other.part_ ? std::make_unique<Part>(*other.part_) : nullptr) {}

  Lazy(Lazy&&) noexcept = default;

  Lazy& operator=(const Lazy& other) {
    if (this != &other) {
      part_ = other.part_ ? std::make_unique<Part>(*other.part_) : nullptr;
    }
    return *this;
  }

  Lazy& operator=(Lazy&&) noexcept = default;
  ~Lazy() = default;

  // Null: not there, as good as an empty one.
  [[nodiscard]] const Part* get() const { return part_.get(); }

  [[nodiscard]] Part& make() {
    if (part_ == nullptr) {
      part_ = std::make_unique<Part>();
    }
    return *part_;
  }

  [[nodiscard]] bool is_empty() const { return part_ == nullptr || part_->is_empty(); }

  void clear() { part_.reset(); }

 private:
  std::unique_ptr<Part> part_;
};

}  // namespace kaiku::aggregate
