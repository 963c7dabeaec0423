// MinHash: how much of two texts is the same, without either: of each of 32 orders of all shingles
// the first one that the text has, as 16 bits (Broder 1997, "On the resemblance and containment of
// documents"). Two texts agree in a slot with the probability of their resemblance J = |A and B| /
// |A or B|, A and B the sets of their shingles.
//
// Threads: pure functions.
// Owns:    nothing.
// Cost:    about 40 ns per character; no more than kMinHashCharacters are looked at.
// Fails:   never.
// Format:  32 u16. They depend on `seed` and on the text only.
//
// Shingles are runs of four characters: a word changed in a post of eight words moves J less than a
// word shingle would (of such pairs 98 % have J >= 0.6), and no list of words is needed in any
// language. 32 slots estimate J to 1 / sqrt(4 x 32) = 9 points at J = 0.5: what is compared are two
// texts of one customer within two days, so few pairs, and a reworded problem lies well above, an
// unrelated one below 0.1 (a pair of J = 0.2 is taken for 0.5 or more once in 7,000). 16 bits
// agree by chance once in 65,536 slots, which is nothing beside that, and halve the state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kaiku/model/opening_message.h"

namespace kaiku::sketch {

inline constexpr size_t kMinHashCharacters = 4'096;

// `text` is UTF-8 and normalised; of one shorter than a shingle the whole is one.
[[nodiscard]] model::TextSketch min_hash(std::string_view text, uint64_t seed);

// Slots that agree, 0 to kTextSketchSlots: the resemblance is this / kTextSketchSlots.
[[nodiscard]] size_t agreement(const model::TextSketch& a, const model::TextSketch& b);

}  // namespace kaiku::sketch
