// SimpleFolds: the folding of characters that neither join nor reorder with their neighbours, by
// table.
//
// Threads: immutable, built at the first use.
// Owns:    1 MiB.
// Cost:    about 0.3 ns a character of ASCII, 3 of others, against some 20 of the general way; 15
// ms to build. Fails:   fold() is false when the text has another character, or bytes that are not
// UTF-8.
//
// A text all of whose characters fold to starters that do not compose backwards folds character by
// character: canonical ordering and composition have nothing to do. That is nearly every text that
// is not written with combining marks or in Hangul jamo. Trade and service mark fold to the
// registered mark, as in match/fold.h.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kaiku::match {

class SimpleFolds {
 public:
  [[nodiscard]] static const SimpleFolds& instance();

  // The folded text, runs of white space as one blank; it lies in `room`, which only grows.
  [[nodiscard]] bool fold(std::string_view text, std::string& room, std::string_view& folded) const;

 private:
  struct Entry {
    uint8_t size = kNotSimple;
    std::array<char, 7> bytes{};
  };

  static constexpr uint8_t kNotSimple = 0xFF;
  static constexpr uint32_t kEnd = 0x20000;

  SimpleFolds();
  [[nodiscard]] static Entry entry_of(uint32_t code_point);

  std::vector<Entry> entries_;
};

}  // namespace kaiku::match
