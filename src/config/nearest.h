// nearest: the word someone probably meant.
//
// Threads: pure.
// Owns:    nothing; the answer points into the candidates.
// Cost:    the product of the lengths, for every candidate.
// Fails:   "" if nothing is near.
#pragma once

#include <string_view>
#include <vector>

namespace kaiku::config {

// The candidate with the smallest edit distance (insert, delete, replace, swap neighbours), if it
// is at most a third of the longer word: further away a suggestion is noise. Case and '-' against
// '_' cost nothing.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       const std::vector<std::string_view>& candidates);

}  // namespace kaiku::config
