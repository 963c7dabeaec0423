// TailWriter writes into space reserved at the end of a string: one growth for a whole list instead
// of one check a byte.
//
// Threads: confined to its user.
// Owns:    the end of `out` until it dies; the string ends behind what was written.
// Cost:    none but the bytes.
// Fails:   never; the user reserves what the longest content needs.
// Format:  varint and svarint as in base/bytes.h.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

namespace kaiku::sketch {

class TailWriter {
 public:
  static constexpr size_t kVarintMax = 10;

  TailWriter(std::string& out, size_t most) : out_(out) {
    const size_t before = out.size();
    out.resize(before + most);
    at_ = out.data() + before;
  }

  TailWriter(const TailWriter&) = delete;
  TailWriter& operator=(const TailWriter&) = delete;

  ~TailWriter() { out_.resize(static_cast<size_t>(at_ - out_.data())); }

  void u8(uint8_t value) { *at_++ = static_cast<char>(value); }

  void u64(uint64_t value) {
    std::memcpy(at_, &value, sizeof(value));
    at_ += sizeof(value);
  }

  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
      *at_++ = static_cast<char>(value | 0x80);
    }
    *at_++ = static_cast<char>(value);
  }

  void svarint(int64_t value) {
    varint((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
  }

 private:
  std::string& out_;
  char* at_ = nullptr;
};

}  // namespace kaiku::sketch
