// KeyGuesses: which key follows which in the objects of one place. Records of a source are written
// by one program in one order, so the next key is nearly always one of the two that came next
// before: comparing it is cheaper than finding its end, hashing and looking it up.
//
// Threads: confined to its collector.
// Owns:    up to 64 keys of at most 23 bytes.
// Cost:    a guess is three words compared; when both are wrong, some 10 ns besides the look-up.
// Fails:   never: a wrong guess is only slow.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace kaiku::parse {

class KeyGuesses {
 public:
  static constexpr size_t kWords = 3;
  static constexpr size_t kReadBytes = kWords * sizeof(uint64_t);  // from the first byte of a key

  // Where a walk over one object stands: at its last key.
  using Place = uint8_t;
  static constexpr Place kStart = 64;

  // True if the key (behind its quote, kReadBytes are readable) is the expected one; `node` is what
  // was learned for it then.
  [[nodiscard]] bool follow(Place& place, const char* key, uint32_t& node) const {
    std::array<uint64_t, kWords> words;
    std::memcpy(words.data(), key, kReadBytes);
    Place next = slots_[place].next;
    if (!is_at(next, words)) {
      next = slots_[place].other;
      if (!is_at(next, words)) {
        return false;
      }
    }
    place = next;
    node = slots_[next].node;
    return true;
  }

  // The key at `place` was followed by this one, which holds no escapes.
  void learn(Place& place, std::string_view key, uint32_t node) {
    if (key.size() + 1 > kReadBytes) {
      place = kLong;
      return;
    }
    Slot slot;
    std::array<char, kReadBytes> text{};
    std::array<char, kReadBytes> mask{};
    std::memcpy(text.data(), key.data(), key.size());
    text[key.size()] = '"';
    std::memset(mask.data(), 0xff, key.size() + 1);
    std::memcpy(slot.words.data(), text.data(), kReadBytes);
    std::memcpy(slot.masks.data(), mask.data(), kReadBytes);
    slot.node = node;
    const uint64_t mixed =
        (slot.words[0] ^ (slot.words[1] << 21 | slot.words[1] >> 43) ^ slot.words[2] ^ key.size()) *
        0x9e3779b97f4a7c15ULL;
    const Place at = place_of(slot.words, static_cast<Place>(mixed >> 58));
    if (slots_[at].words != slot.words) {
      slots_[at] = slot;
    }
    slots_[place].other = slots_[place].next;
    slots_[place].next = at;
    place = at;
  }

  // A key that cannot be guessed.
  static void lose(Place& place) { place = kLong; }

 private:
  static constexpr Place kLong = 65;
  static constexpr unsigned kProbes = 8;

  // As made: NUL bytes, which no key that stage 1 accepted begins with.
  struct alignas(64) Slot {
    std::array<uint64_t, kWords> words{};
    std::array<uint64_t, kWords> masks{~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}};
    uint32_t node = 0;
    Place next = kStart;
    Place other = kStart;
  };

  [[nodiscard]] bool is_at(Place at, const std::array<uint64_t, kWords>& words) const {
    const Slot& slot = slots_[at];
    uint64_t differs = 0;
    for (size_t i = 0; i < kWords; ++i) {
      differs |= (words[i] ^ slot.words[i]) & slot.masks[i];
    }
    return differs == 0;
  }

  // Where these words are kept, or are to be: near `home`, which gives way if all is taken.
  [[nodiscard]] Place place_of(const std::array<uint64_t, kWords>& words, Place home) const {
    for (unsigned i = 0; i < kProbes; ++i) {
      const auto at = static_cast<Place>((home + i) % kStart);
      if (slots_[at].words == words || slots_[at].words[0] == 0) {
        return at;
      }
    }
    return home;
  }

  std::array<Slot, 66> slots_;
};

}  // namespace kaiku::parse
