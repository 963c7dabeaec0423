#include "collector.h"

#include <algorithm>
#include <cstring>
#include <memory_resource>
#include <type_traits>
#include <vector>

#include <simdjson.h>

#include "kaiku/base/limits.h"

#include "document.h"
#include "key_guesses.h"
#include "verification.h"

namespace kaiku::parse {
namespace {

namespace limits = base::limits;
using simdjson::error_code;

// Keys are read in whole words past their end, and so is what PathTrie::find() is asked for.
static_assert(simdjson::SIMDJSON_PADDING >= KeyGuesses::kReadBytes);
static_assert(simdjson::SIMDJSON_PADDING >= 2 * sizeof(uint64_t));
// Tokens of records with very many items are not kept: 1 MiB.
constexpr size_t kKeptTokens = 64U << 10;
constexpr size_t kArenaBytes = 64U << 10;

Reject not_json(std::string_view code, std::string_view message) {
  return {model::ErrorClass::kParse, code, "", message};
}

Reject too_large(std::string_view code, std::string_view message) {
  return {model::ErrorClass::kTooLarge, code, "", message};
}

Reject reject_of(error_code error) {
  switch (error) {
    case simdjson::EMPTY:
      return not_json("empty", "the record is empty");
    case simdjson::UTF8_ERROR:
      return not_json("bad_utf8", "the record is not UTF-8");
    case simdjson::CAPACITY:
      return too_large("record_size", "the record is larger than 1 MiB");
    case simdjson::DEPTH_ERROR:
      return not_json("depth", "objects and arrays are nested more than 64 deep");
    default:
      return not_json("not_json", "the record is not valid JSON (RFC 8259)");
  }
}

constexpr uint64_t kOnes = 0x0101010101010101ULL;

// The lowest set bit marks the first byte of `word` that is `byte`.
uint64_t bytes_equal(uint64_t word, char byte) {
  const uint64_t zeros = word ^ (kOnes * static_cast<unsigned char>(byte));
  return (zeros - kOnes) & ~zeros & (kOnes << 7);
}

// A key up to its closing quote, which stage 1 has made sure of; `escaped` if a backslash comes
// before it. Two words at a time: most keys end in the first round.
std::string_view key_text(const char* key, bool& escaped) {
  for (size_t at = 0;; at += 2 * sizeof(uint64_t)) {
    uint64_t words[2];
    std::memcpy(words, key + at, sizeof(words));
    const uint64_t first = bytes_equal(words[0], '"') | bytes_equal(words[0], '\\');
    const uint64_t second = bytes_equal(words[1], '"') | bytes_equal(words[1], '\\');
    if ((first | second) != 0) {
      const size_t end =
          at + (first != 0 ? static_cast<size_t>(__builtin_ctzll(first)) / 8
                           : sizeof(uint64_t) + static_cast<size_t>(__builtin_ctzll(second)) / 8);
      escaped = key[end] == '\\';
      return {key, end};
    }
  }
}

}  // namespace

// What a walk fills: the tokens of one trie, and which rules have something to read.
struct Target {
  const PathTrie& trie;
  std::vector<KeyGuesses>& guesses;  // per node
  const uint64_t* rules;             // per node; null: nobody asks
  Token* tokens = nullptr;
  uint64_t present = 0;
};

struct Collector::Impl {
  // Walks are called at a place and give the one behind what they read; null: that was no JSON.
  using Place = Document::Place;

  explicit Impl(const Program& from)
      : program(from),
        arena(first_block.get(), kArenaBytes, std::pmr::new_delete_resource()),
        record_guesses(from.record.size()),
        element_guesses(from.element.size()) {}

  Token* add_element();
  Place walk_record();
  Place walk_whole();
  Place walk_root(Target& target);
  Place walk_items(Place at);
  Place walk_elements(Place at);
  Place walk_element(Place at);
  Place walk_value(Target& target, uint32_t node, Place at);
  Place walk_object(Target& target, uint32_t node, Place at);
  Place walk_array(Target& target, uint32_t node, Place at);
  Token unescaped(Token token);
  uint32_t find(Target& target, uint32_t node, KeyGuesses::Place& place, const char* raw_key);

  const Program& program;
  Document document;
  Verification verification{document};
  std::unique_ptr<std::byte[]> first_block = std::make_unique<std::byte[]>(kArenaBytes);
  std::pmr::monotonic_buffer_resource arena;
  std::vector<KeyGuesses> record_guesses;
  std::vector<KeyGuesses> element_guesses;
  std::vector<Token> record_tokens;
  std::vector<Token> element_tokens;  // more than there are: kept from record to record
  size_t used_tokens = 0;
  std::vector<Collector::Extent> elements;
  bool too_many = false;
  bool no_object = false;
  bool saw_items = false;
};

Token Collector::Impl::unescaped(Token token) {
  if (token.kind != TokenKind::kQuoted) {
    return token;
  }
  if (std::memchr(token.data, '\\', token.size) == nullptr) {
    return {token.data, token.size, TokenKind::kPlain};
  }
  auto* out = static_cast<uint8_t*>(arena.allocate(token.size + Document::kSlack, 1));
  std::string_view plain;
  if (!document.unescape(token.data, out, plain)) {
    return {token.data, token.size, TokenKind::kBroken};
  }
  return {plain.data(), static_cast<uint32_t>(plain.size()), TokenKind::kPlain};
}

// The child of a key that was not expected.
uint32_t Collector::Impl::find(Target& target,
                               uint32_t node,
                               KeyGuesses::Place& place,
                               const char* raw_key) {
  bool escaped = false;
  const std::string_view key = key_text(raw_key, escaped);
  if (!escaped) {
    const uint32_t child = target.trie.find(node, key);
    target.guesses[node].learn(place, key, child);
    return child;
  }
  KeyGuesses::lose(place);
  const char* end = raw_key;
  while (*end != '"') {
    end += *end == '\\' ? 2 : 1;
  }
  const Token token =
      unescaped({raw_key, static_cast<uint32_t>(end - raw_key), TokenKind::kQuoted});
  // A key with wrong escapes is none of ours; should the record fail, verify() finds it. The
  // padding behind an unescaped text keeps find()'s wide reads inside.
  return token.kind == TokenKind::kPlain ? target.trie.find(node, token.text()) : PathTrie::kNone;
}

Document::Place Collector::Impl::walk_value(Target& target, uint32_t node, Place at) {
  Token& token = target.tokens[node];
  if (token.kind != TokenKind::kAbsent) {
    return document.skip(at);  // the first of equal keys counts
  }
  if (!document.classify(at, token)) {
    return nullptr;
  }
  if (target.rules != nullptr && token.kind != TokenKind::kNull) {
    target.present |= target.rules[node];
  }
  if (token.has_text()) {
    return at + 1;
  }
  if (&target.trie == &program.record && program.is_items(node)) {
    return walk_items(at);
  }
  if (token.kind == TokenKind::kObject && target.trie.has_children(node)) {
    return walk_object(target, node, at);
  }
  if (token.kind == TokenKind::kArray && target.trie.has_indexes(node)) {
    return walk_array(target, node, at);
  }
  return document.skip(at);
}

Document::Place Collector::Impl::walk_object(Target& target, uint32_t node, Place at) {
  if (document.at(++at) == '}') {
    return at + 1;
  }
  const char* const text = document.text();
  const KeyGuesses& guesses = target.guesses[node];
  KeyGuesses::Place place = KeyGuesses::kStart;
  while (true) {
    const char* const key = text + at[0];
    if (*key != '"' || text[at[1]] != ':') {
      return nullptr;
    }
    uint32_t child = PathTrie::kNone;
    if (!guesses.follow(place, key + 1, child)) [[unlikely]] {
      child = find(target, node, place, key + 1);
    }
    at += 2;
    at = child == PathTrie::kNone ? document.skip(at) : walk_value(target, child, at);
    if (at == nullptr) {
      return nullptr;
    }
    const char c = text[*at++];
    if (c != ',') {
      return c == '}' ? at : nullptr;
    }
  }
}

Document::Place Collector::Impl::walk_array(Target& target, uint32_t node, Place at) {
  if (document.at(++at) == ']') {
    return at + 1;
  }
  for (size_t index = 0;; ++index) {
    const uint32_t child = target.trie.find_index(node, index);
    at = child == PathTrie::kNone ? document.skip(at) : walk_value(target, child, at);
    if (at == nullptr) {
      return nullptr;
    }
    const char c = document.at(at++);
    if (c != ',') {
      return c == ']' ? at : nullptr;
    }
  }
}

// Absent tokens: all zeros, which is how they are written fastest.
Token* Collector::Impl::add_element() {
  static_assert(std::is_trivially_copyable_v<Token> && static_cast<int>(TokenKind::kAbsent) == 0);
  const size_t first = used_tokens;
  used_tokens += program.element.size();
  if (element_tokens.size() < used_tokens) {
    element_tokens.resize(std::max(used_tokens, 2 * element_tokens.size()));
  }
  Token* const tokens = element_tokens.data() + first;
  std::memset(static_cast<void*>(tokens), 0, program.element.size() * sizeof(Token));
  return tokens;
}

Document::Place Collector::Impl::walk_element(Place at) {
  if (elements.size() == limits::kItemsPerRecord) {
    too_many = true;
    return nullptr;
  }
  Target target{program.element, element_guesses, program.rules_of.data(), add_element()};
  const Place behind = walk_value(target, PathTrie::kRoot, at);
  if (behind == nullptr) {
    return nullptr;
  }
  // Objects have been read to their end, all else is small or never looked into.
  const bool is_measured = target.tokens[PathTrie::kRoot].kind == TokenKind::kObject &&
                           program.element.has_children(PathTrie::kRoot);
  elements.push_back({is_measured ? behind[-1] + 1 - *at : 0, target.present});
  return behind;
}

Document::Place Collector::Impl::walk_elements(Place at) {
  if (document.at(++at) == ']') {
    return at + 1;
  }
  while (true) {
    at = walk_element(at);
    if (at == nullptr) {
      return nullptr;
    }
    const char c = document.at(at++);
    if (c != ',') {
      return c == ']' ? at : nullptr;
    }
  }
}

// The items of a record stand at one of several places; the first one in the record counts.
Document::Place Collector::Impl::walk_items(Place at) {
  if (saw_items) {
    return document.skip(at);
  }
  saw_items = true;
  return document.at(at) == '{' ? walk_element(at) : walk_elements(at);
}

Document::Place Collector::Impl::walk_root(Target& target) {
  target.tokens[PathTrie::kRoot].kind = TokenKind::kObject;
  if (target.rules != nullptr) {
    target.present |= target.rules[PathTrie::kRoot];
  }
  return walk_object(target, PathTrie::kRoot, document.begin());
}

// The whole record is the item, or each element of it if it is an array.
Document::Place Collector::Impl::walk_whole() {
  saw_items = true;
  if (document.at(document.begin()) == '[') {
    return walk_elements(document.begin());
  }
  Target target{program.element, element_guesses, program.rules_of.data(), add_element()};
  const Place behind = walk_root(target);
  elements.push_back({static_cast<uint32_t>(document.size()), target.present});
  return behind;
}

Document::Place Collector::Impl::walk_record() {
  if (!program.has_items) {
    return walk_whole();
  }
  Target target{program.record, record_guesses, nullptr, record_tokens.data()};
  Place behind = nullptr;
  if (document.at(document.begin()) == '{') {
    behind = walk_root(target);
  } else {
    record_tokens[PathTrie::kRoot].kind = TokenKind::kArray;
    behind = walk_array(target, PathTrie::kRoot, document.begin());
  }
  if (behind != document.end() || saw_items || !program.mapping->items_optional) {
    return behind;
  }
  return walk_whole();
}

Collector::Collector(const Program& program) : impl_(std::make_unique<Impl>(program)) {}

Collector::~Collector() = default;

std::optional<Reject> Collector::collect(std::string_view value) {
  Impl& impl = *impl_;
  if (value.size() > limits::kRecordBytes) {
    return too_large("record_size", "the record is larger than 1 MiB");
  }
  impl.arena.release();
  impl.record_tokens.assign(impl.program.has_items ? impl.program.record.size() : 0, Token{});
  impl.used_tokens = 0;
  if (impl.element_tokens.size() > kKeptTokens) {
    impl.element_tokens = {};
  }
  impl.elements.clear();
  impl.too_many = false;
  impl.no_object = false;
  impl.saw_items = false;
  if (const error_code error = impl.document.open(value); error != simdjson::SUCCESS) {
    return reject_of(error);
  }
  const char first = impl.document.at(impl.document.begin());
  impl.no_object = first != '{' && first != '[';
  if (impl.no_object || impl.walk_record() == impl.document.end()) {
    return std::nullopt;
  }
  if (std::optional<Reject> reject = verify()) {
    return reject;
  }
  if (impl.too_many) {
    return too_large("item_count", "the record holds more than 10,000 items");
  }
  return reject_of(simdjson::TAPE_ERROR);
}

std::optional<Reject> Collector::verify() {
  const error_code error = impl_->verification.verify();
  if (error != simdjson::SUCCESS) {
    return reject_of(error);
  }
  if (impl_->verification.has_trailing()) {
    return not_json("trailing_content", "something follows the first JSON value");
  }
  return std::nullopt;
}

size_t Collector::elements() const {
  return impl_->elements.size();
}

bool Collector::has_empty_items() const {
  return impl_->saw_items && impl_->elements.empty();
}

bool Collector::is_scalar() const {
  return impl_->no_object;
}

Token* Collector::element(size_t index) {
  return impl_->element_tokens.data() + index * impl_->program.element.size();
}

Collector::Extent Collector::extent(size_t index) const {
  return impl_->elements[index];
}

Token* Collector::record() {
  return impl_->record_tokens.data();
}

Token Collector::unescaped(Token token) {
  return impl_->unescaped(token);
}

char* Collector::allocate(size_t size) {
  return static_cast<char*>(impl_->arena.allocate(size, 1));
}

}  // namespace kaiku::parse
