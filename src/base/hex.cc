#include "kaiku/base/hex.h"

namespace kaiku::base {
namespace {

void append(std::string& text, uint64_t word) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) {
    text += kDigits[word >> shift & 15];
  }
}

}  // namespace

std::string hex(uint64_t word) {
  std::string text;
  append(text, word);
  return text;
}

std::string hex(const Digest& digest) {
  std::string text;
  append(text, digest.hi);
  append(text, digest.lo);
  return text;
}

}  // namespace kaiku::base
