// Normalizer folds text for matching only: NFKC_Casefold, so that "KIRKAS", "kirkas" in full-width
// letters and a "kirkas" with a soft hyphen inside compare equal. Nothing that is stored or
// published passes through it.
//
// Threads: confined to its user.
// Owns:    its buffers; the view it returns dies with the next call.
// Cost:    about 25 ns for 150 bytes of ASCII, some 35 ns a character of other scripts; linear,
//          and no allocation once the buffers have grown.
// Fails:   never. Bytes that are not UTF-8 are kept as they are, ASCII letters among them folded.
//          The result is at most 18 times as long as its input (U+FDFA).
// Source:  toNFKC_Casefold, The Unicode Standard 3.13 (utf8proc). A run of combining marks is
//          cut after 30 of them (UAX 15, stream-safe text), which is what keeps it linear.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kaiku::text {

class Normalizer {
 public:
  [[nodiscard]] std::string_view normalize(std::string_view text);

 private:
  std::string_view fold_bytes(std::string_view text);
  [[nodiscard]] bool decompose(std::string_view text);

  std::string ascii_;
  std::vector<int32_t> code_points_;
  size_t used_ = 0;
};

}  // namespace kaiku::text
