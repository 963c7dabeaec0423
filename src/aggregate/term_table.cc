#include "kaiku/aggregate/term_table.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "aggregate/counts.h"

namespace kaiku::aggregate {
namespace {

using Entry = TermTable::Entry;

// Hash, text length, count, number of authors.
constexpr size_t kEntryBytesMin = 8 + 1 + 1 + 1;

// Two texts of one hash are one term; which name it has must not depend on who came first.
void add_to(Entry& to, const Entry& from) {
  to.text = std::min(to.text, from.text);
  to.count = plus(to.count, from.count);
  to.authors.merge(from.authors);
}

}  // namespace

void AuthorSample::add(uint64_t author) {
  const auto at = std::lower_bound(authors_.begin(), authors_.end(), author);
  if (at != authors_.end() && *at == author) {
    return;
  }
  if (authors_.size() < kAuthorsPerTerm) {
    authors_.insert(at, author);
  } else if (at != authors_.end()) {
    const auto index = at - authors_.begin();
    authors_.pop_back();
    authors_.insert(authors_.begin() + index, author);
  }
}

void AuthorSample::merge(const AuthorSample& other) {
  for (const uint64_t author : other.authors_) {
    add(author);
  }
}

void AuthorSample::encode(base::ByteWriter& out) const {
  out.varint(authors_.size());
  for (const uint64_t author : authors_) {
    out.u64(author);
  }
}

bool AuthorSample::decode(base::ByteReader& in) {
  authors_.clear();
  const uint64_t count = in.count(sizeof(uint64_t));
  if (count > kAuthorsPerTerm) {
    return false;
  }
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t author = in.u64();
    if (!authors_.empty() && author <= authors_.back()) {
      return false;
    }
    authors_.push_back(author);
  }
  return !in.failed();
}

void TermTable::cut() {
  while (entries_.size() > room_) {
    other_ = plus(other_, entries_.back().count);
    entries_.pop_back();
  }
}

void TermTable::add(uint64_t hash, std::string_view text, const uint64_t* author) {
  const auto at =
      std::lower_bound(entries_.begin(), entries_.end(), hash, [](const Entry& entry, uint64_t h) {
        return entry.hash < h;
      });
  if (at == entries_.end() && entries_.size() >= room_) {
    other_ = plus(other_, 1);
    return;
  }
  Entry one{hash, std::string(text), 1, {}};
  if (author != nullptr) {
    one.authors.add(*author);
  }
  if (at != entries_.end() && at->hash == hash) {
    add_to(*at, one);
    return;
  }
  entries_.insert(at, std::move(one));
  cut();
}

void TermTable::merge(const TermTable& other) {
  other_ = plus(other_, other.other_);
  if (other.entries_.empty()) {
    return;
  }
  std::vector<Entry> merged;
  merged.reserve(entries_.size() + other.entries_.size());
  auto mine = entries_.begin();
  for (const Entry& theirs : other.entries_) {
    for (; mine != entries_.end() && mine->hash < theirs.hash; ++mine) {
      merged.push_back(std::move(*mine));
    }
    if (mine != entries_.end() && mine->hash == theirs.hash) {
      merged.push_back(std::move(*mine++));
      add_to(merged.back(), theirs);
    } else {
      merged.push_back(theirs);
    }
  }
  std::move(mine, entries_.end(), std::back_inserter(merged));
  entries_ = std::move(merged);
  cut();
}

void TermTable::keep_most_used(size_t most) {
  if (entries_.size() <= most) {
    return;
  }
  const auto by_use = [](const Entry& a, const Entry& b) {
    return a.count != b.count ? a.count > b.count : a.hash < b.hash;
  };
  std::sort(entries_.begin(), entries_.end(), by_use);
  for (size_t i = most; i < entries_.size(); ++i) {
    other_ = plus(other_, entries_[i].count);
  }
  entries_.resize(most);
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return a.hash < b.hash;
  });
}

TermTable TermTable::split_off(size_t count) {
  const auto from = entries_.end() - static_cast<ptrdiff_t>(std::min(count, entries_.size()));
  TermTable part(room_);
  part.entries_.assign(std::make_move_iterator(from), std::make_move_iterator(entries_.end()));
  entries_.erase(from, entries_.end());
  return part;
}

void TermTable::encode(base::ByteWriter& out) const {
  out.svarint(other_);
  out.varint(entries_.size());
  for (const Entry& entry : entries_) {
    out.u64(entry.hash);
    out.bytes(entry.text);
    out.svarint(entry.count);
    entry.authors.encode(out);
  }
}

bool TermTable::decode(base::ByteReader& in) {
  clear();
  other_ = in.svarint();
  const uint64_t count = in.count(kEntryBytesMin);
  if (count > room_) {
    return false;
  }
  entries_.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    Entry entry;
    entry.hash = in.u64();
    entry.text = in.bytes();
    entry.count = in.svarint();
    const bool in_order = entries_.empty() || entries_.back().hash < entry.hash;
    if (!entry.authors.decode(in) || !in_order) {
      return false;
    }
    entries_.push_back(std::move(entry));
  }
  return !in.failed();
}

size_t TermTable::memory_bytes() const {
  constexpr size_t kTypical = sizeof(Entry) + 48;
  return entries_.capacity() * kTypical;
}

}  // namespace kaiku::aggregate
