// ByteWriter and ByteReader: the one little codec behind every byte format of the project.
//
// Threads: confined to their user.
// Owns:    ByteWriter appends to a string the caller owns; ByteReader borrows its input, and so do
// the
//          views it returns.
// Cost:    no allocation but the growth of the output.
// Fails:   a reader never reads past its input: it goes into a failed state, returns zeros and
// empty
//          views from then on, and failed() tells. Check it once, at the end.
// Format:  fixed integers are little-endian; varint is LEB128 (7 bits a byte, low first, at most 10
//          bytes); svarint is the zigzag form of it; bytes are a varint length and the bytes.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"

namespace kaiku::base {

class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  void u8(uint8_t value) { out_.push_back(static_cast<char>(value)); }

  void u16(uint16_t value) { fixed(value); }

  void u32(uint32_t value) { fixed(value); }

  void u64(uint64_t value) { fixed(value); }

  void i64(int64_t value) { fixed(static_cast<uint64_t>(value)); }

  void varint(uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<char>(value));
  }

  void svarint(int64_t value) {
    varint((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
  }

  void digest(const Digest& digest) {
    u64(digest.lo);
    u64(digest.hi);
  }

  void raw(std::string_view bytes) { out_.append(bytes); }

  void bytes(std::string_view bytes) {
    varint(bytes.size());
    out_.append(bytes);
  }

  [[nodiscard]] std::string& out() { return out_; }

 private:
  template <typename T>
  void fixed(T value) {
    char buffer[sizeof(T)];
    std::memcpy(buffer, &value, sizeof(T));  // the supported targets are little-endian
    out_.append(buffer, sizeof(T));
  }

  std::string& out_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view in) : in_(in) {}

  uint8_t u8() { return fixed<uint8_t>(); }

  uint16_t u16() { return fixed<uint16_t>(); }

  uint32_t u32() { return fixed<uint32_t>(); }

  uint64_t u64() { return fixed<uint64_t>(); }

  int64_t i64() { return static_cast<int64_t>(fixed<uint64_t>()); }

  uint64_t varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (in_.empty()) {
        break;
      }
      const auto byte = static_cast<uint8_t>(in_.front());
      in_.remove_prefix(1);
      if (shift == 63 && byte > 1) {
        break;  // would not fit into 64 bits
      }
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) {
        return value;
      }
    }
    fail();
    return 0;
  }

  int64_t svarint() {
    const uint64_t value = varint();
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
  }

  Digest digest() {
    Digest digest;
    digest.lo = u64();
    digest.hi = u64();
    return digest;
  }

  // A time of the calendar's arithmetic: its sums with a duration stay inside 64 bits.
  EventTime time() {
    const EventTime time = i64();
    if (!is_time(time)) {
      fail();
      return 0;
    }
    return time;
  }

  // One byte; fails above `last`.
  template <typename Enum>
  Enum enumeration(Enum last) {
    const uint8_t value = u8();
    if (value > static_cast<uint8_t>(last)) {
      fail();
      return Enum{};
    }
    return static_cast<Enum>(value);
  }

  std::string_view raw(size_t size) {
    if (size > in_.size()) {
      fail();
      return {};
    }
    const std::string_view bytes = in_.substr(0, size);
    in_.remove_prefix(size);
    return bytes;
  }

  std::string_view bytes() {
    const uint64_t size = varint();
    if (size > in_.size()) {
      fail();
      return {};
    }
    return raw(static_cast<size_t>(size));
  }

  // A count read from outside: fails unless `each` bytes for every element can still follow.
  uint64_t count(size_t each = 1) {
    const uint64_t value = varint();
    if (value > in_.size() / (each == 0 ? 1 : each)) {
      fail();
      return 0;
    }
    return value;
  }

  void fail() {
    failed_ = true;
    in_ = {};
  }

  [[nodiscard]] bool failed() const { return failed_; }

  [[nodiscard]] bool at_end() const { return in_.empty(); }

  [[nodiscard]] std::string_view rest() const { return in_; }

 private:
  template <typename T>
  T fixed() {
    if (in_.size() < sizeof(T)) {
      fail();
      return 0;
    }
    T value;
    std::memcpy(&value, in_.data(), sizeof(T));
    in_.remove_prefix(sizeof(T));
    return value;
  }

  std::string_view in_;
  bool failed_ = false;
};

// The 16 bytes of a digest: the key of a row in the tables.
[[nodiscard]] inline std::string key_of(const Digest& digest) {
  std::string key;
  ByteWriter(key).digest(digest);
  return key;
}

}  // namespace kaiku::base
