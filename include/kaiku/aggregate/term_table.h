// TermTable: how often each term was used and by how many authors, exactly, for as many terms as
// there is room for. Which ones those are is a matter of their hashes, not of who came first: so a
// table is a function of the set of what was added, and what it holds is complete.
//
// Threads: confined to its user.
// Owns:    its entries, sorted by hash: some 100 bytes each.
// Cost:    add() is a binary search and a move; merge() is linear in both.
// Fails:   decode() is false on anything but a well-formed table. Past the room the terms with the
//          largest hashes are left out; other() says how many uses that were. Counts wrap.
// Format:  other svarint, count varint, then per term, by hash: hash u64, text bytes, count
// svarint,
//          authors varint and their hashes u64, ascending.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/bytes.h"

namespace kaiku::aggregate {

// Terms of one brand in one delta, minute or hour: at 180 bytes at most a row of a changelog
// record.
inline constexpr size_t kTermsPerTable = 2'048;
// Authors are counted exactly below this; the sample is of the smallest hashes.
inline constexpr size_t kAuthorsPerTerm = 16;

// The smallest hashes of a set.
class AuthorSample {
 public:
  void add(uint64_t author);
  void merge(const AuthorSample& other);

  // How many there are; kAuthorsPerTerm means so many or more.
  [[nodiscard]] size_t count() const { return authors_.size(); }

  [[nodiscard]] bool is_full() const { return authors_.size() >= kAuthorsPerTerm; }

  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);

  friend bool operator==(const AuthorSample&, const AuthorSample&) = default;

 private:
  std::vector<uint64_t> authors_;  // ascending
};

class TermTable {
 public:
  struct Entry {
    uint64_t hash = 0;
    std::string text;
    int64_t count = 0;
    AuthorSample authors;

    friend bool operator==(const Entry&, const Entry&) = default;
  };

  explicit TermTable(size_t room = kTermsPerTable) : room_(room) {}

  // `author` is null where nobody is named.
  void add(uint64_t hash, std::string_view text, const uint64_t* author);
  void merge(const TermTable& other);
  // Keeps the `most` used ones, of equally used ones those with the smaller hash.
  void keep_most_used(size_t most);

  // Takes `count` terms away into a table of their own; merged again the two are what this was.
  [[nodiscard]] TermTable split_off(size_t count);

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  // Uses of terms that were left out.
  [[nodiscard]] int64_t other() const { return other_; }

  [[nodiscard]] bool is_empty() const { return entries_.empty() && other_ == 0; }

  void clear() {
    entries_.clear();
    other_ = 0;
  }

  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);
  [[nodiscard]] size_t memory_bytes() const;

  friend bool operator==(const TermTable& a, const TermTable& b) {
    return a.entries_ == b.entries_ && a.other_ == b.other_;
  }

 private:
  void cut();

  size_t room_;
  std::vector<Entry> entries_;
  int64_t other_ = 0;
};

}  // namespace kaiku::aggregate
