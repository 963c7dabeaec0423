// The strings of one edge record, as its messages name them: by index.
//
// Threads: confined to one decode.
// Owns:    nothing but the list: the strings are views into the record.
// Cost:    an index per name.
// Fails:   read() is false beyond limits::kEdgeStrings; an index that is not there fails the
// reader. Format:  see edge.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/base/limits.h"

namespace kaiku::exchange {

class Dictionary {
 public:
  [[nodiscard]] bool read(base::ByteReader& in) {
    const uint64_t count = in.count();
    if (count > base::limits::kEdgeStrings) {
      return false;
    }
    strings_.reserve(static_cast<size_t>(count));
    for (uint64_t i = 0; i < count; ++i) {
      strings_.push_back(in.bytes());
    }
    return !in.failed();
  }

  std::string_view at(base::ByteReader& in) const {
    const uint64_t index = in.varint();
    if (index >= strings_.size()) {
      in.fail();
      return {};
    }
    return strings_[static_cast<size_t>(index)];
  }

 private:
  std::vector<std::string_view> strings_;
};

}  // namespace kaiku::exchange
