// What a fuzz target is: the entry point that libFuzzer knows, and seeds that the code itself
// wrote. The same target runs under libFuzzer (preset `fuzz`) and in every build under driver.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/base/crc32c.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace kaiku::fuzz {

// Well-formed inputs of this target, in an order that does not change.
[[nodiscard]] std::vector<std::string> seeds();

// abort() is what every sanitizer and both drivers see.
inline void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

inline std::string_view view_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// No mutation finds a checksum: what ends with one is tried as it is and closed anew.
inline std::string closed(std::string_view bytes) {
  std::string record(bytes);
  base::ByteWriter(record).u32(base::crc32c(bytes));
  return record;
}

inline std::string_view without_checksum(std::string_view record) {
  return record.substr(0, record.size() - sizeof(uint32_t));
}

// A seed of a target whose first byte chooses what the rest is given to.
inline std::string chosen(uint8_t which, std::string_view rest) {
  std::string seed(1, static_cast<char>(which));
  seed += rest;
  return seed;
}

}  // namespace kaiku::fuzz
