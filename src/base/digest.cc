#include "kaiku/base/digest.h"

#include <cstring>
#include <string>

#include <sodium/crypto_generichash.h>
#include <sodium/crypto_shorthash_siphash24.h>

#include "kaiku/base/bytes.h"
#include "kaiku/base/check.h"

namespace kaiku::base {

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
    std::memcpy(at + 8, field.data(), field.size());
    at += 8 + field.size();
  }
  return digest(std::string_view(begin, size));
}

uint64_t HashKey::fingerprint() const noexcept {
  return digest("kaiku key fingerprint").lo;
}

}  // namespace kaiku::base
