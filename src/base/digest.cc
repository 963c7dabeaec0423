#include "kaiku/base/digest.h"

#include <cstring>
#include <string>

#include <sodium/crypto_generichash.h>
#include <sodium/crypto_shorthash_siphash24.h>

#include "kaiku/base/bytes.h"
#include "kaiku/base/check.h"

namespace kaiku::base {
namespace {

// Fields are short: two copies that overlap cost less than a call.
void copy(char* to, std::string_view field) {
  const size_t size = field.size();
  const char* const from = field.data();
  if (size > 32 || size < 4) {
    if (size > 0) {
      std::memcpy(to, from, size);
    }
  } else if (size >= 16) {
    std::memcpy(to, from, 16);
    std::memcpy(to + size - 16, from + size - 16, 16);
  } else if (size >= 8) {
    std::memcpy(to, from, 8);
    std::memcpy(to + size - 8, from + size - 8, 8);
  } else {
    std::memcpy(to, from, 4);
    std::memcpy(to + size - 4, from + size - 4, 4);
  }
}

}  // namespace

HashKey HashKey::derived_from(std::string_view name) {
  std::array<unsigned char, kBytes> key{};
  static constexpr std::string_view kSalt = "kaiku pipeline key 1";
  const int failed = crypto_generichash(key.data(),
                                        key.size(),
                                        reinterpret_cast<const unsigned char*>(name.data()),
                                        name.size(),
                                        reinterpret_cast<const unsigned char*>(kSalt.data()),
                                        kSalt.size());
  KAIKU_CHECK(failed == 0, "BLAKE2b refused constant parameters");
  return HashKey(key);
}

Digest HashKey::digest(std::string_view bytes) const noexcept {
  unsigned char out[16];
  crypto_shorthash_siphashx24(
      out, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), bytes_.data());
  Digest digest;
  std::memcpy(&digest.lo, out, 8);
  std::memcpy(&digest.hi, out + 8, 8);
  return digest;
}

Digest HashKey::digest(std::initializer_list<std::string_view> fields) const {
  char small[512];
  size_t size = 0;
  for (const std::string_view field : fields) {
    size += field.size() + 8;
  }
  std::string large;
  char* at = small;
  if (size > sizeof(small)) {
    large.resize(size);
    at = large.data();
  }
  char* const begin = at;
  for (const std::string_view field : fields) {
    const uint64_t length = field.size();
    std::memcpy(at, &length, 8);
    copy(at + 8, field);
    at += 8 + field.size();
  }
  return digest(std::string_view(begin, size));
}

uint64_t HashKey::fingerprint() const noexcept {
  return digest("kaiku key fingerprint").lo;
}

}  // namespace kaiku::base
