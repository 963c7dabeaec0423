#include "kaiku/sketch/min_hash.h"

#include <algorithm>
#include <array>

namespace kaiku::sketch {
namespace {

constexpr size_t kShingle = 4;
// Of SplitMix64 (Steele, Lea, Flood 2014).
constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;

constexpr uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// An order of all shingles each: x -> a x + b, a odd.
struct Order {
  uint64_t factor;
  uint64_t offset;
};

constexpr std::array<Order, model::kTextSketchSlots> make_orders() {
  std::array<Order, model::kTextSketchSlots> orders{};
  uint64_t state = 0;
  for (Order& order : orders) {
    order.factor = mix(state += kGolden) | 1;
    order.offset = mix(state += kGolden);
  }
  return orders;
}

constexpr std::array<Order, model::kTextSketchSlots> kOrders = make_orders();

// The bytes of the next character; of what is no UTF-8 each byte is one.
size_t length_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return std::min(length, text.size());
}

}  // namespace

model::TextSketch min_hash(std::string_view text, uint64_t seed) {
  std::array<uint64_t, model::kTextSketchSlots> least{};
  least.fill(~uint64_t{0});
  std::array<uint64_t, kShingle> last{};  // hashes of characters, a ring
  size_t count = 0;
  const auto take = [&] {
    uint64_t shingle = seed;
    for (size_t i = 0; i < std::min(count, kShingle); ++i) {
      const size_t from = count < kShingle ? 0 : count - kShingle;
      shingle = mix((shingle ^ last[(from + i) % kShingle]) + kGolden);
    }
    for (size_t i = 0; i < kOrders.size(); ++i) {
      least[i] = std::min(least[i], shingle * kOrders[i].factor + kOrders[i].offset);
    }
  };
  while (!text.empty() && count < kMinHashCharacters) {
    uint64_t character = 0;
    const size_t length = length_of(text);
    for (const char byte : text.substr(0, length)) {
      character = character << 8 | static_cast<unsigned char>(byte);
    }
    text.remove_prefix(length);
    last[count++ % kShingle] = character;
    if (count >= kShingle) {
      take();
    }
  }
  if (count < kShingle) {
    take();
  }
  model::TextSketch sketch{};
  for (size_t i = 0; i < sketch.size(); ++i) {
    // The high bits of the least value are zeros of few shingles.
    sketch[i] = static_cast<uint16_t>(mix(least[i]));
  }
  return sketch;
}

size_t agreement(const model::TextSketch& a, const model::TextSketch& b) {
  size_t same = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    same += a[i] == b[i] ? 1 : 0;
  }
  return same;
}

}  // namespace kaiku::sketch
