// Look-alikes: does a name look like another one to somebody in a hurry? Pure functions of folded
// text (match/fold.h): skeletons, in which letters that look the same are the same, and the number
// of edits between two names.
//
// Threads: any.
// Owns:    nothing.
// Cost:    a skeleton is one pass; a distance is 64 x 64 steps at most.
// Fails:   never: names longer than kSubjectBytes are as far as it gets.
// Source:  the idea of skeletons is that of Unicode Technical Standard 39; the table holds Latin,
//          Cyrillic and Greek letters and digits that are used for it, not all of Unicode's.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kaiku::signal {

// "kirkаs_" with a Cyrillic letter, "k1rkas" and "kirkas" have one skeleton. Signs between letters
// are dropped.
[[nodiscard]] std::string skeleton_of(std::string_view folded);

// Insertions, deletions, substitutions and swaps of neighbours between the two; more than `most` is
// most + 1.
[[nodiscard]] size_t edits_between(std::string_view a, std::string_view b, size_t most);

// Is `handle`, which is not `official`, near enough to be taken for it? Same skeleton, or one edit
// for every four bytes of the official one, two at most.
[[nodiscard]] bool looks_like(std::string_view handle, std::string_view official);

// The host of the first address in `text` from `at` on, folded to lower case, without port and
// trailing dot; "" if there is none. `at` is moved behind it.
[[nodiscard]] std::string next_host(std::string_view text, size_t& at);

// Is `host` the official one, or below it?
[[nodiscard]] bool is_of(std::string_view host, std::string_view official);

// Does a host that is not the brand's look as if it were: "kirkas-tuki.com", "kirkas.fi.evil.ru",
// "kirkаs.fi"?
[[nodiscard]] bool imitates(std::string_view host, std::string_view official);

}  // namespace kaiku::signal
