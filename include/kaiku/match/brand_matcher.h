// BrandMatcher finds the brands of a text in one pass over all aliases of all brands.
//
// Threads: the matcher is immutable and shared; a Scratch is confined to one worker.
// Owns:    the compiled patterns; brand ids live as long as the matcher.
// Cost:    about 0.2 us for 150 bytes of ASCII and 1,500 aliases, 0.45 us for other scripts; 25 ms
// to
//          build.
// Fails:   build() with a message that names the brand and alias. Matching never fails; more than
//          limits::kBrandsPerItem brands are cut in catalogue order and flagged.
//
// Text and aliases are compared after Unicode's NFKC_Casefold, with runs of white space as one
// blank; accents stay ("lähde" is not "lahde"). An alias has to stand free: no letter, digit, mark
// or `_` beside it. Punctuation does not glue ("kirkas's", "Kirkas-juoma", "kirkas.fi", "Kirkas™"
// match), nor do characters of scripts without blanks ("LINEで" names LINE).
//   "kirkas"          matches "#kirkas", not the account "@kirkas" and not "info@kirkas.fi"
//   "#..", "@..", "$.."  match only where no word character and none of # @ $ is before the sign
// An occurrence that an `exclude` phrase of the same brand covers does not count; the phrase has to
// stand free too. Aliases of several brands may overlap or be equal: all of them count.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/limits.h"
#include "kaiku/base/status.h"

namespace kaiku::match {

struct Brand {
  std::string id;  // as in every output record
  std::string name;
  std::vector<std::string> aliases;  // "kirkas", "@kirkasdrinks", "#kirkashetki", "$KRK"
  std::vector<std::string> exclude;  // phrases that cover an alias without meaning the brand
  std::vector<std::string> handles;  // authors and addressees that are the brand itself
};

inline constexpr std::string_view kOtherBrand = "_other";

// Which brands; `ids` point into the matcher.
struct BrandSet {
  std::string_view ids[base::limits::kBrandsPerItem];
  uint8_t count = 0;
  bool truncated = false;
};

struct ScanMemory;  // of the implementation

class BrandMatcher {
 public:
  class Scratch;

  [[nodiscard]] static base::Result<std::shared_ptr<const BrandMatcher>> build(
      std::vector<Brand> brands);

  BrandMatcher(const BrandMatcher&) = delete;
  BrandMatcher& operator=(const BrandMatcher&) = delete;
  ~BrandMatcher();

  [[nodiscard]] std::unique_ptr<Scratch> make_scratch() const;
  // Adds the brands named in `text` to `found`, in catalogue order, each once.
  void match(std::string_view text, Scratch& scratch, BrandSet& found) const;
  // The catalogue's id for an id, alias or name given in a field; "" if unknown. The exact id
  // first, then folded ids, aliases and names, in this order; the first brand of the catalogue
  // wins.
  [[nodiscard]] std::string_view by_field(std::string_view value) const;
  // The brand whose own handle this is, with or without '@'; "" if none.
  [[nodiscard]] std::string_view by_handle(std::string_view handle) const;

  struct SharedAlias {
    std::string alias;  // folded
    std::vector<std::string_view> brands;
  };

  // Aliases that several brands have: both are counted, which is rarely meant.
  [[nodiscard]] std::vector<SharedAlias> shared_aliases() const;

  [[nodiscard]] const std::vector<Brand>& brands() const;
  // Identifies the catalogue's content: part of the plan's fingerprint.
  [[nodiscard]] uint64_t fingerprint() const;

 private:
  struct Impl;
  explicit BrandMatcher(std::unique_ptr<Impl> impl);
  void merge(ScanMemory& own, BrandSet& found) const;
  std::unique_ptr<Impl> impl_;
};

// What a match writes on the way; of one matcher and one thread.
class BrandMatcher::Scratch {
 public:
  Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

 private:
  friend class BrandMatcher;
  std::unique_ptr<ScanMemory> memory_;
};

}  // namespace kaiku::match
