#include "kaiku/base/ordered_key.h"

namespace kaiku::base {
namespace {

constexpr uint64_t kSign = uint64_t{1} << 63;

}  // namespace

void append_ordered(std::string& key, uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    key.push_back(static_cast<char>(number >> shift));
  }
}

void append_ordered(std::string& key, int64_t number) {
  append_ordered(key, static_cast<uint64_t>(number) ^ kSign);
}

bool take_ordered(std::string_view& key, uint64_t& number) {
  if (key.size() < sizeof(number)) {
    return false;
  }
  number = 0;
  for (const char byte : key.substr(0, sizeof(number))) {
    number = number << 8 | static_cast<unsigned char>(byte);
  }
  key.remove_prefix(sizeof(number));
  return true;
}

bool take_ordered(std::string_view& key, int64_t& number) {
  uint64_t bits = 0;
  if (!take_ordered(key, bits)) {
    return false;
  }
  number = static_cast<int64_t>(bits ^ kSign);
  return true;
}

}  // namespace kaiku::base
