#include "kaiku/aggregate/example_table.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace kaiku::aggregate {
namespace {

bool comes_before(const Example& a, const Example& b) {
  return std::tuple(!a.has_risk, a.item) < std::tuple(!b.has_risk, b.item);
}

}  // namespace

void Example::add(uint64_t hash) {
  const auto half = static_cast<uint32_t>(hash);
  const auto at = std::lower_bound(about.begin(), about.end(), half);
  if ((at == about.end() || *at != half) && about.size() < kExampleAbout) {
    about.insert(at, half);
  }
}

bool Example::is_about(uint64_t hash) const {
  return std::binary_search(about.begin(), about.end(), static_cast<uint32_t>(hash));
}

void ExampleTable::cut() {
  std::sort(examples_.begin(), examples_.end(), comes_before);
  const auto same = [](const Example& a, const Example& b) { return a.item == b.item; };
  examples_.erase(std::unique(examples_.begin(), examples_.end(), same), examples_.end());
  if (!gone_.empty()) {
    remove_if([this](const Example& example) {
      return std::binary_search(gone_.begin(), gone_.end(), example.item);
    });
  }
  examples_.resize(std::min(examples_.size(), kExamplesPerTable));
  gone_.resize(std::min(gone_.size(), kGonePerTable));
}

void ExampleTable::add(Example example) {
  if (!example.url.empty() && example.url.size() <= kExampleUrlBytes) {
    examples_.push_back(std::move(example));
    cut();
  }
}

void ExampleTable::take_away(uint64_t item) {
  const auto at = std::lower_bound(gone_.begin(), gone_.end(), item);
  if (at == gone_.end() || *at != item) {
    gone_.insert(at, item);
  }
  cut();
}

void ExampleTable::merge(const ExampleTable& other) {
  if (other.is_empty()) {
    return;
  }
  std::vector<uint64_t> gone;
  std::set_union(
      gone_.begin(), gone_.end(), other.gone_.begin(), other.gone_.end(), std::back_inserter(gone));
  gone_ = std::move(gone);
  examples_.insert(examples_.end(), other.examples_.begin(), other.examples_.end());
  cut();
}

bool ExampleTable::remove_if(const std::function<bool(const Example&)>& is_gone) {
  return std::erase_if(examples_, is_gone) != 0;
}

void ExampleTable::encode(base::ByteWriter& out) const {
  out.varint(examples_.size());
  for (const Example& example : examples_) {
    out.u64(example.item);
    out.u64(example.author);
    out.u8(example.has_risk ? 1 : 0);
    out.bytes(example.url);
    out.varint(example.about.size());
    for (const uint32_t half : example.about) {
      out.u32(half);
    }
  }
  out.varint(gone_.size());
  for (const uint64_t item : gone_) {
    out.u64(item);
  }
}

bool ExampleTable::decode(base::ByteReader& in) {
  clear();
  const uint64_t count = in.count();
  if (count > kExamplesPerTable) {
    return false;
  }
  for (uint64_t i = 0; i < count; ++i) {
    Example example;
    example.item = in.u64();
    example.author = in.u64();
    const uint8_t risk = in.u8();
    example.has_risk = risk != 0;
    example.url = in.bytes();
    const uint64_t about = in.count(sizeof(uint32_t));
    const bool in_order = examples_.empty() || comes_before(examples_.back(), example);
    if (risk > 1 || example.url.empty() || example.url.size() > kExampleUrlBytes ||
        about > kExampleAbout || !in_order) {
      return false;
    }
    for (uint64_t k = 0; k < about; ++k) {
      const uint32_t half = in.u32();
      if (!example.about.empty() && half <= example.about.back()) {
        return false;
      }
      example.about.push_back(half);
    }
    examples_.push_back(std::move(example));
  }
  const uint64_t gone = in.count(sizeof(uint64_t));
  if (gone > kGonePerTable) {
    return false;
  }
  for (uint64_t i = 0; i < gone; ++i) {
    const uint64_t item = in.u64();
    if (!gone_.empty() && item <= gone_.back()) {
      return false;
    }
    gone_.push_back(item);
  }
  return !in.failed();
}

size_t ExampleTable::memory_bytes() const {
  constexpr size_t kTypical = sizeof(Example) + 200;
  return examples_.capacity() * kTypical + gone_.capacity() * sizeof(uint64_t);
}

}  // namespace kaiku::aggregate
