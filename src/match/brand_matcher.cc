#include "kaiku/match/brand_matcher.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include <hs/hs.h>

#include "kaiku/base/bytes.h"
#include "kaiku/base/check.h"
#include "kaiku/base/digest.h"
#include "kaiku/text/utf8.h"

#include "match/fold.h"
#include "match/word_edge.h"

namespace kaiku::match {
namespace {

constexpr size_t kAliasBytes = 256;
constexpr size_t kAliases = 100'000;
// A text never comes near it; the engine's lengths are 32-bit.
constexpr size_t kScanBytes = base::limits::kRecordBytes;

struct TextHash {
  using is_transparent = void;

  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

using BrandIndex = uint32_t;
using NameMap = std::unordered_map<std::string, BrandIndex, TextHash, std::equal_to<>>;

struct Use {
  BrandIndex brand = 0;
  bool exclude = false;
};

struct Pattern {
  uint32_t size = 0;
  Edges edges;
  std::vector<Use> uses;
};

struct Span {
  BrandIndex brand = 0;
  uint32_t from = 0;
  uint32_t to = 0;
};

struct DatabaseDeleter {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};

struct ScratchDeleter {
  void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
};

base::Status refused(const Brand& brand, std::string_view what) {
  return base::Status::stop(base::Exit::kConfig,
                            "brand \"" + brand.id + "\": " + std::string(what));
}

std::string quoted(std::string_view text) {
  std::string result("\"");
  return result.append(text).append("\"");
}

base::Status check_id(const Brand& brand) {
  if (brand.id.empty()) {
    return base::Status::stop(base::Exit::kConfig, "a brand has no id");
  }
  if (brand.id.size() > base::limits::kNameBytes) {
    return refused(brand,
                   "an id has at most " + std::to_string(base::limits::kNameBytes) + " bytes");
  }
  if (brand.id.front() == '_') {
    return refused(brand, "ids that begin with _ are kaiku's own (_other)");
  }
  if (brand.id.find('\0') != std::string::npos || !text::is_utf8(brand.id)) {
    return refused(brand, "an id is UTF-8 text without NUL");
  }
  return {};
}

std::string strip_at(std::string handle) {
  if (!handle.empty() && handle.front() == '@') {
    handle.erase(0, 1);
  }
  return handle;
}

}  // namespace

struct BrandMatcher::Impl {
  std::vector<Brand> brands;
  std::vector<Pattern> patterns;
  std::vector<uint8_t> has_exclude;  // by brand
  NameMap by_id;
  NameMap by_folded;
  NameMap by_handle;
  std::unique_ptr<hs_database_t, DatabaseDeleter> database;
  std::unique_ptr<hs_scratch_t, ScratchDeleter> scratch;  // the prototype of all others
  uint64_t fingerprint = 0;

  base::Status add_names();
  base::Status add_patterns();
  base::Status add_pattern(BrandIndex brand,
                           const std::string& phrase,
                           bool exclude,
                           std::map<std::string, size_t>& known);
  base::Status compile(const std::map<std::string, size_t>& known);
  void add_fingerprint();
};

struct ScanMemory {
  std::unique_ptr<hs_scratch_t, ScratchDeleter> engine;
  FoldBuffer fold;
  std::vector<uint8_t> seen;       // by brand
  std::vector<BrandIndex> brands;  // those seen
  std::vector<Span> aliases;       // of brands with exclusions: decided after the scan
  std::vector<Span> excludes;
};

namespace {

struct ScanState {
  const std::vector<Pattern>* patterns = nullptr;
  const std::vector<uint8_t>* has_exclude = nullptr;
  std::string_view text;
  ScanMemory* scratch = nullptr;
};

void see(ScanMemory& scratch, BrandIndex brand) {
  if (scratch.seen[brand] == 0) {
    scratch.seen[brand] = 1;
    scratch.brands.push_back(brand);
  }
}

int on_hit(unsigned id,
           unsigned long long /*from*/,
           unsigned long long to,
           unsigned /*flags*/,
           void* context) {
  auto& state = *static_cast<ScanState*>(context);
  const Pattern& pattern = (*state.patterns)[id];
  const auto end = static_cast<size_t>(to);
  const size_t begin = end - pattern.size;
  if (!stands_free(pattern.edges, state.text.substr(0, begin), state.text.substr(end))) {
    return 0;
  }
  for (const Use& use : pattern.uses) {
    const Span span{use.brand, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
    if (use.exclude) {
      state.scratch->excludes.push_back(span);
    } else if ((*state.has_exclude)[use.brand] != 0) {
      state.scratch->aliases.push_back(span);
    } else {
      see(*state.scratch, use.brand);
    }
  }
  return 0;
}

// An alias counts unless one phrase of its brand covers all of it. Sorted by (brand, from), with
// the running maximum of `to` within a brand: then the phrase that reaches furthest among those
// that begin at or before the alias decides.
void settle_exclusions(ScanMemory& scratch) {
  const auto before = [](const Span& a, const Span& b) {
    return a.brand != b.brand ? a.brand < b.brand : a.from < b.from;
  };
  std::vector<Span>& excludes = scratch.excludes;
  std::sort(excludes.begin(), excludes.end(), before);
  for (size_t i = 1; i < excludes.size(); ++i) {
    if (excludes[i].brand == excludes[i - 1].brand) {
      excludes[i].to = std::max(excludes[i].to, excludes[i - 1].to);
    }
  }
  for (const Span& alias : scratch.aliases) {
    const auto after = std::upper_bound(excludes.begin(), excludes.end(), alias, before);
    const bool covered = after != excludes.begin() && std::prev(after)->brand == alias.brand &&
                         std::prev(after)->to >= alias.to;
    if (!covered) {
      see(scratch, alias.brand);
    }
  }
}

}  // namespace

base::Status BrandMatcher::Impl::add_names() {
  for (BrandIndex i = 0; i < brands.size(); ++i) {
    if (base::Status bad = check_id(brands[i]); !bad.is_ok()) {
      return bad;
    }
    if (!by_id.emplace(brands[i].id, i).second) {
      return refused(brands[i], "the id is used twice");
    }
    for (const std::string& handle : brands[i].handles) {
      std::string key = strip_at(fold_key(handle));
      if (key.empty()) {
        return refused(brands[i], "a handle is empty");
      }
      by_handle.emplace(std::move(key), i);
    }
  }
  // Ids before aliases before names, so that an alias never hides another brand's id.
  for (BrandIndex i = 0; i < brands.size(); ++i) {
    by_folded.emplace(fold_key(brands[i].id), i);
  }
  for (BrandIndex i = 0; i < brands.size(); ++i) {
    for (const std::string& alias : brands[i].aliases) {
      by_folded.emplace(fold_key(alias), i);
    }
  }
  for (BrandIndex i = 0; i < brands.size(); ++i) {
    by_folded.emplace(fold_key(brands[i].name), i);
  }
  by_folded.erase("");
  return {};
}

base::Status BrandMatcher::Impl::add_pattern(BrandIndex brand,
                                             const std::string& phrase,
                                             bool exclude,
                                             std::map<std::string, size_t>& known) {
  const std::string kind = exclude ? "exclusion " : "alias ";
  if (!text::is_utf8(phrase)) {
    return refused(brands[brand], kind + "is not UTF-8");
  }
  std::string key = fold_key(phrase);
  if (key.empty()) {
    return refused(brands[brand], "an " + kind + "is empty");
  }
  if (key.size() > kAliasBytes) {
    return refused(brands[brand],
                   kind + "is longer than " + std::to_string(kAliasBytes) +
                       " bytes: " + quoted(phrase.substr(0, 32)) + "...");
  }
  if (!has_word_character(key)) {
    return refused(brands[brand], kind + quoted(phrase) + " has no letter and no digit");
  }
  const auto [at, is_new] = known.try_emplace(std::move(key), patterns.size());
  if (is_new) {
    if (patterns.size() == kAliases) {
      return refused(brands[brand], "more than " + std::to_string(kAliases) + " aliases");
    }
    patterns.push_back({static_cast<uint32_t>(at->first.size()), edges_of(at->first), {}});
  }
  patterns[at->second].uses.push_back({brand, exclude});
  if (exclude) {
    has_exclude[brand] = 1;
  }
  return {};
}

base::Status BrandMatcher::Impl::add_patterns() {
  has_exclude.assign(brands.size(), 0);
  std::map<std::string, size_t> known;
  for (BrandIndex i = 0; i < brands.size(); ++i) {
    for (const std::string& alias : brands[i].aliases) {
      if (base::Status bad = add_pattern(i, alias, false, known); !bad.is_ok()) {
        return bad;
      }
    }
    for (const std::string& phrase : brands[i].exclude) {
      if (base::Status bad = add_pattern(i, phrase, true, known); !bad.is_ok()) {
        return bad;
      }
    }
  }
  return known.empty() ? base::Status() : compile(known);
}

base::Status BrandMatcher::Impl::compile(const std::map<std::string, size_t>& known) {
  std::vector<const char*> literals;
  std::vector<size_t> sizes;
  std::vector<unsigned> ids;
  for (const auto& [text, index] : known) {
    literals.push_back(text.data());
    sizes.push_back(text.size());
    ids.push_back(static_cast<unsigned>(index));
  }
  const std::vector<unsigned> flags(literals.size(), 0U);  // all that is scanned is folded
  hs_database_t* compiled = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_lit_multi(literals.data(),
                           flags.data(),
                           ids.data(),
                           sizes.data(),
                           static_cast<unsigned>(literals.size()),
                           HS_MODE_BLOCK,
                           nullptr,
                           &compiled,
                           &error) != HS_SUCCESS) {
    std::string why = error != nullptr ? error->message : "out of memory";
    hs_free_compile_error(error);
    return base::Status::stop(base::Exit::kConfig, "the aliases do not compile: " + why);
  }
  database.reset(compiled);
  hs_scratch_t* allocated = nullptr;
  if (hs_alloc_scratch(compiled, &allocated) != HS_SUCCESS) {
    return base::Status::stop(base::Exit::kConfig, "no memory for matching the aliases");
  }
  scratch.reset(allocated);
  return {};
}

void BrandMatcher::Impl::add_fingerprint() {
  std::string content;
  base::ByteWriter out(content);
  const auto list = [&out](const std::vector<std::string>& texts) {
    out.varint(texts.size());
    for (const std::string& text : texts) {
      out.bytes(text);
    }
  };
  out.varint(brands.size());
  for (const Brand& brand : brands) {
    out.bytes(brand.id);
    out.bytes(brand.name);
    list(brand.aliases);
    list(brand.exclude);
    list(brand.handles);
  }
  fingerprint = base::HashKey::derived_from("kaiku.catalogue").hash64(content);
}

base::Result<std::shared_ptr<const BrandMatcher>> BrandMatcher::build(std::vector<Brand> brands) {
  auto impl = std::make_unique<Impl>();
  impl->brands = std::move(brands);
  if (base::Status bad = impl->add_names(); !bad.is_ok()) {
    return bad;
  }
  if (base::Status bad = impl->add_patterns(); !bad.is_ok()) {
    return bad;
  }
  impl->add_fingerprint();
  return std::shared_ptr<const BrandMatcher>(new BrandMatcher(std::move(impl)));
}

BrandMatcher::BrandMatcher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

BrandMatcher::~BrandMatcher() = default;

BrandMatcher::Scratch::Scratch() : memory_(std::make_unique<ScanMemory>()) {}

BrandMatcher::Scratch::~Scratch() = default;

std::unique_ptr<BrandMatcher::Scratch> BrandMatcher::make_scratch() const {
  auto made = std::make_unique<Scratch>();
  made->memory_->seen.assign(impl_->brands.size(), 0);
  if (impl_->scratch != nullptr) {
    hs_scratch_t* clone = nullptr;
    KAIKU_CHECK(hs_clone_scratch(impl_->scratch.get(), &clone) == HS_SUCCESS,
                "no memory for matching the aliases");
    made->memory_->engine.reset(clone);
  }
  return made;
}

void BrandMatcher::match(std::string_view text, Scratch& scratch, BrandSet& found) const {
  if (impl_->database == nullptr || text.empty()) {
    return;
  }
  ScanMemory& own = *scratch.memory_;
  KAIKU_DCHECK(own.seen.size() == impl_->brands.size(), "a scratch of another matcher");
  ScanState state{
      &impl_->patterns, &impl_->has_exclude, fold(text.substr(0, kScanBytes), own.fold), &own};
  const hs_error_t result = hs_scan(impl_->database.get(),
                                    state.text.data(),
                                    static_cast<unsigned>(state.text.size()),
                                    0,
                                    own.engine.get(),
                                    &on_hit,
                                    &state);
  KAIKU_CHECK(result == HS_SUCCESS, "a scratch is used by two threads, or of another matcher");
  if (!own.aliases.empty()) {
    settle_exclusions(own);
  }
  own.aliases.clear();
  own.excludes.clear();
  if (!own.brands.empty()) {
    merge(own, found);
  }
}

// Catalogue order over what was there and what came, cut at the bound: the same set whatever the
// order of title, text and field.
void BrandMatcher::merge(ScanMemory& own, BrandSet& found) const {
  for (size_t i = 0; i < found.count; ++i) {
    const auto known = impl_->by_id.find(found.ids[i]);
    if (known != impl_->by_id.end()) {
      see(own, known->second);
    }
  }
  std::sort(own.brands.begin(), own.brands.end());
  const size_t kept = std::min(own.brands.size(), base::limits::kBrandsPerItem);
  for (size_t i = 0; i < kept; ++i) {
    found.ids[i] = impl_->brands[own.brands[i]].id;
  }
  found.count = static_cast<uint8_t>(kept);
  found.truncated = found.truncated || own.brands.size() > kept;
  for (const BrandIndex brand : own.brands) {
    own.seen[brand] = 0;
  }
  own.brands.clear();
}

std::string_view BrandMatcher::by_field(std::string_view value) const {
  if (const auto exact = impl_->by_id.find(value); exact != impl_->by_id.end()) {
    return impl_->brands[exact->second].id;
  }
  if (value.empty() || value.size() > base::limits::kIdBytes) {
    return {};
  }
  const auto folded = impl_->by_folded.find(fold_key(value));
  return folded == impl_->by_folded.end() ? std::string_view() : impl_->brands[folded->second].id;
}

std::string_view BrandMatcher::by_handle(std::string_view handle) const {
  if (impl_->by_handle.empty() || handle.empty() || handle.size() > base::limits::kIdBytes) {
    return {};
  }
  const auto known = impl_->by_handle.find(strip_at(fold_key(handle)));
  return known == impl_->by_handle.end() ? std::string_view() : impl_->brands[known->second].id;
}

std::vector<BrandMatcher::SharedAlias> BrandMatcher::shared_aliases() const {
  std::map<std::string, std::vector<std::string_view>> owners;
  for (const Brand& brand : impl_->brands) {
    for (const std::string& alias : brand.aliases) {
      std::vector<std::string_view>& ids = owners[fold_key(alias)];
      if (std::find(ids.begin(), ids.end(), brand.id) == ids.end()) {
        ids.emplace_back(brand.id);
      }
    }
  }
  std::vector<SharedAlias> shared;
  for (auto& [alias, ids] : owners) {
    if (ids.size() > 1) {
      shared.push_back({alias, std::move(ids)});
    }
  }
  return shared;
}

const std::vector<Brand>& BrandMatcher::brands() const {
  return impl_->brands;
}

uint64_t BrandMatcher::fingerprint() const {
  return impl_->fingerprint;
}

}  // namespace kaiku::match
