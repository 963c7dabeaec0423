#include "collector.h"

#include <algorithm>
#include <cstring>
#include <memory_resource>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "kaiku/base/limits.h"

#include "number.h"

namespace kaiku::parse {
namespace {

namespace ondemand = simdjson::ondemand;
namespace limits = base::limits;
using simdjson::error_code;

// simdjson writes unescaped text in whole vectors.
constexpr size_t kSlack = 64;
static_assert(kSlack >= simdjson::SIMDJSON_PADDING);
// key_text() and PathTrie::find() read whole words past the end of a key.
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

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// simdjson's raw tokens reach to the next structural character.
std::string_view trim_end(std::string_view raw) {
  while (!raw.empty() && is_space(raw.back())) {
    raw.remove_suffix(1);
  }
  return raw;
}

// False if a scalar is none of JSON's. Objects and arrays are told by their first character.
bool classify(std::string_view raw, Token& token) {
  switch (raw.empty() ? '\0' : raw[0]) {
    case '{':
      token = {raw.data(), 1, TokenKind::kObject};
      return true;
    case '[':
      token = {raw.data(), 1, TokenKind::kArray};
      return true;
    default:
      break;
  }
  raw = trim_end(raw);
  const auto size = static_cast<uint32_t>(raw.size());
  switch (raw.empty() ? '\0' : raw[0]) {
    case '"':
      token = {raw.data() + 1, size - 2, TokenKind::kQuoted};
      return size >= 2 && raw.back() == '"';
    case 't':
      token = {raw.data(), size, TokenKind::kTrue};
      return raw == "true";
    case 'f':
      token = {raw.data(), size, TokenKind::kFalse};
      return raw == "false";
    case 'n':
      token = {raw.data(), size, TokenKind::kNull};
      return raw == "null";
    default:
      token = {raw.data(), size, TokenKind::kNumber};
      return is_json_number(raw);
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

struct Collector::Impl {
  explicit Impl(const Program& from)
      : program(from), arena(first_block.get(), kArenaBytes, std::pmr::new_delete_resource()) {}

  void pad(std::string_view value);
  error_code open();
  error_code walk_record();
  error_code walk_whole(bool is_array);
  error_code walk_root(const PathTrie& trie, Token* tokens);
  error_code walk_items(ondemand::value& value);
  error_code walk_elements(ondemand::array array);
  error_code walk_element(ondemand::value& value);
  error_code walk_value(ondemand::value& value, const PathTrie& trie, uint32_t node, Token* tokens);
  error_code walk_object(ondemand::object object,
                         const PathTrie& trie,
                         uint32_t node,
                         Token* tokens);
  error_code walk_array(ondemand::array array, const PathTrie& trie, uint32_t node, Token* tokens);
  error_code verify_value(ondemand::value& value, unsigned depth);
  error_code verify_object(ondemand::object object, unsigned depth);
  error_code verify_array(ondemand::array array, unsigned depth);
  error_code verify_record();
  [[nodiscard]] bool is_behind_end();
  [[nodiscard]] size_t bytes_since(const char* start);
  Token unescaped(Token token);
  bool has_good_escapes(ondemand::raw_json_string raw);
  bool has_good_escapes(const Token& token);
  uint32_t find(const PathTrie& trie, uint32_t node, const char* raw_key);

  const Program& program;
  ondemand::parser parser;
  ondemand::document document;
  std::vector<char> buffer;
  size_t size = 0;
  bool has_backslash = false;  // anywhere in the record: in most there is none
  std::unique_ptr<std::byte[]> first_block = std::make_unique<std::byte[]>(kArenaBytes);
  std::pmr::monotonic_buffer_resource arena;
  std::vector<uint8_t> scratch;  // verify() only
  std::vector<Token> record_tokens;
  std::vector<Token> element_tokens;
  std::vector<uint32_t> element_sizes;
  bool too_many = false;
  bool trailing = false;
  bool no_object = false;
  bool saw_items = false;
};

void Collector::Impl::pad(std::string_view value) {
  if (value.starts_with("\xEF\xBB\xBF")) {
    value.remove_prefix(3);
  }
  size = value.size();
  if (buffer.size() < size + simdjson::SIMDJSON_PADDING) {
    buffer.resize(size + size / 2 + simdjson::SIMDJSON_PADDING);
  }
  if (size > 0) {
    std::memcpy(buffer.data(), value.data(), size);
  }
  has_backslash = size > 0 && std::memchr(buffer.data(), '\\', size) != nullptr;
  std::memset(buffer.data() + size, 0, simdjson::SIMDJSON_PADDING);
}

error_code Collector::Impl::open() {
  return parser.iterate(simdjson::padded_string_view(buffer.data(), size, buffer.size()))
      .get(document);
}

// All of the document has been read.
bool Collector::Impl::is_behind_end() {
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

// From `start` to the end of the value that was just read.
size_t Collector::Impl::bytes_since(const char* start) {
  const char* location = buffer.data() + size;
  if (document.current_location().get(location) != simdjson::SUCCESS) {
    location = buffer.data() + size;
  }
  return trim_end({start, static_cast<size_t>(location - start)}).size();
}

Token Collector::Impl::unescaped(Token token) {
  if (token.kind != TokenKind::kQuoted) {
    return token;
  }
  if (!has_backslash || std::memchr(token.data, '\\', token.size) == nullptr) {
    return {token.data, token.size, TokenKind::kPlain};
  }
  auto* out = static_cast<uint8_t*>(arena.allocate(token.size + kSlack, 1));
  uint8_t* end = out;
  std::string_view text;
  const ondemand::raw_json_string raw(reinterpret_cast<const uint8_t*>(token.data));
  if (parser.unescape(raw, end).get(text) != simdjson::SUCCESS) {
    return {token.data, token.size, TokenKind::kBroken};
  }
  return {text.data(), static_cast<uint32_t>(text.size()), TokenKind::kPlain};
}

bool Collector::Impl::has_good_escapes(ondemand::raw_json_string raw) {
  std::string_view text;
  uint8_t* end = scratch.data();
  return parser.unescape(raw, end).get(text) == simdjson::SUCCESS;
}

bool Collector::Impl::has_good_escapes(const Token& token) {
  return !has_backslash || has_good_escapes(reinterpret_cast<const uint8_t*>(token.data));
}

uint32_t Collector::Impl::find(const PathTrie& trie, uint32_t node, const char* raw_key) {
  bool escaped = false;
  const std::string_view key = key_text(raw_key, escaped);
  if (!escaped) {
    return trie.find(node, key);
  }
  const char* end = raw_key;
  while (*end != '"') {
    end += *end == '\\' ? 2 : 1;
  }
  const Token token =
      unescaped({raw_key, static_cast<uint32_t>(end - raw_key), TokenKind::kQuoted});
  // A key with wrong escapes is none of ours; should the record fail, verify() finds it. The
  // padding behind an unescaped text keeps find()'s wide reads inside.
  return token.kind == TokenKind::kPlain ? trie.find(node, token.text()) : PathTrie::kNone;
}

error_code Collector::Impl::walk_value(ondemand::value& value,
                                       const PathTrie& trie,
                                       uint32_t node,
                                       Token* tokens) {
  Token& token = tokens[node];
  if (token.kind != TokenKind::kAbsent) {
    return simdjson::SUCCESS;  // the first of equal keys counts
  }
  if (!classify(value.raw_json_token(), token)) {
    return simdjson::TAPE_ERROR;
  }
  if (&trie == &program.record && program.is_items(node)) {
    return token.kind == TokenKind::kArray || token.kind == TokenKind::kObject ? walk_items(value)
                                                                               : simdjson::SUCCESS;
  }
  if (token.kind == TokenKind::kObject && trie.has_children(node)) {
    ondemand::object object;
    const error_code error = value.get_object().get(object);
    return error != simdjson::SUCCESS ? error : walk_object(object, trie, node, tokens);
  }
  if (token.kind == TokenKind::kArray && trie.has_indexes(node)) {
    ondemand::array array;
    const error_code error = value.get_array().get(array);
    return error != simdjson::SUCCESS ? error : walk_array(array, trie, node, tokens);
  }
  return simdjson::SUCCESS;
}

error_code Collector::Impl::walk_object(ondemand::object object,
                                        const PathTrie& trie,
                                        uint32_t node,
                                        Token* tokens) {
  for (auto each : object) {
    if (each.error() != simdjson::SUCCESS) {
      return each.error();
    }
    ondemand::field& field = each.value_unsafe();  // get() would copy it, at 10 ns a field
    const uint32_t child = find(trie, node, field.key().raw());
    if (child == PathTrie::kNone) {
      continue;
    }
    const error_code error = walk_value(field.value(), trie, child, tokens);
    if (error != simdjson::SUCCESS) {
      return error;
    }
  }
  return simdjson::SUCCESS;
}

error_code Collector::Impl::walk_array(ondemand::array array,
                                       const PathTrie& trie,
                                       uint32_t node,
                                       Token* tokens) {
  size_t index = 0;
  for (auto each : array) {
    if (each.error() != simdjson::SUCCESS) {
      return each.error();
    }
    ondemand::value& value = each.value_unsafe();
    const uint32_t child = trie.find_index(node, index++);
    if (child == PathTrie::kNone) {
      continue;
    }
    const error_code error = walk_value(value, trie, child, tokens);
    if (error != simdjson::SUCCESS) {
      return error;
    }
  }
  return simdjson::SUCCESS;
}

error_code Collector::Impl::walk_element(ondemand::value& value) {
  if (element_sizes.size() == limits::kItemsPerRecord) {
    too_many = true;
    return simdjson::CAPACITY;
  }
  const char* start = value.raw_json_token().data();
  const size_t first = element_tokens.size();
  element_tokens.resize(first + program.element.size());
  const error_code error =
      walk_value(value, program.element, PathTrie::kRoot, element_tokens.data() + first);
  if (error != simdjson::SUCCESS) {
    return error;
  }
  // Objects have been read to their end, all else is small or never looked into.
  const bool is_measured = size > limits::kItemBytes &&
                           element_tokens[first].kind == TokenKind::kObject &&
                           program.element.has_children(PathTrie::kRoot);
  element_sizes.push_back(is_measured ? static_cast<uint32_t>(bytes_since(start)) : 0);
  return simdjson::SUCCESS;
}

error_code Collector::Impl::walk_elements(ondemand::array array) {
  for (auto each : array) {
    if (each.error() != simdjson::SUCCESS) {
      return each.error();
    }
    ondemand::value& value = each.value_unsafe();
    if (const error_code error = walk_element(value); error != simdjson::SUCCESS) {
      return error;
    }
  }
  return simdjson::SUCCESS;
}

// The items of a record stand at one of several places; the first one in the record counts.
error_code Collector::Impl::walk_items(ondemand::value& value) {
  if (saw_items) {
    return simdjson::SUCCESS;
  }
  saw_items = true;
  if (value.raw_json_token()[0] == '{') {
    return walk_element(value);
  }
  ondemand::array array;
  const error_code error = value.get_array().get(array);
  return error != simdjson::SUCCESS ? error : walk_elements(array);
}

error_code Collector::Impl::walk_root(const PathTrie& trie, Token* tokens) {
  ondemand::object object;
  if (const error_code error = document.get_object().get(object); error != simdjson::SUCCESS) {
    return error;
  }
  tokens[PathTrie::kRoot].kind = TokenKind::kObject;
  return walk_object(object, trie, PathTrie::kRoot, tokens);
}

// The whole record is the item, or each element of it if it is an array.
error_code Collector::Impl::walk_whole(bool is_array) {
  saw_items = true;
  if (!is_array) {
    element_tokens.resize(program.element.size());
    element_sizes.push_back(static_cast<uint32_t>(size));
    return walk_root(program.element, element_tokens.data());
  }
  ondemand::array array;
  const error_code error = document.get_array().get(array);
  return error != simdjson::SUCCESS ? error : walk_elements(array);
}

error_code Collector::Impl::walk_record() {
  const char first = document.raw_json_token().value_unsafe()[0];
  if (first != '{' && first != '[') {
    no_object = true;
    return simdjson::SUCCESS;
  }
  if (!program.has_items) {
    return walk_whole(first == '[');
  }
  error_code error = simdjson::SUCCESS;
  if (first == '{') {
    error = walk_root(program.record, record_tokens.data());
  } else {
    ondemand::array array;
    record_tokens[PathTrie::kRoot].kind = TokenKind::kArray;
    error = document.get_array().get(array);
    error = error != simdjson::SUCCESS
                ? error
                : walk_array(array, program.record, PathTrie::kRoot, record_tokens.data());
  }
  if (error != simdjson::SUCCESS || saw_items || !program.mapping->items_optional) {
    return error;
  }
  if (!is_behind_end()) {
    return simdjson::TAPE_ERROR;
  }
  error = open();
  return error != simdjson::SUCCESS ? error : walk_whole(first == '[');
}

error_code Collector::Impl::verify_value(ondemand::value& value, unsigned depth) {
  Token token;
  if (!classify(value.raw_json_token(), token)) {
    return simdjson::TAPE_ERROR;
  }
  switch (token.kind) {
    case TokenKind::kObject: {
      ondemand::object object;
      const error_code error = value.get_object().get(object);
      return error != simdjson::SUCCESS ? error : verify_object(object, depth + 1);
    }
    case TokenKind::kArray: {
      ondemand::array array;
      const error_code error = value.get_array().get(array);
      return error != simdjson::SUCCESS ? error : verify_array(array, depth + 1);
    }
    case TokenKind::kQuoted:
      return has_good_escapes(token) ? simdjson::SUCCESS : simdjson::STRING_ERROR;
    default:
      return simdjson::SUCCESS;
  }
}

error_code Collector::Impl::verify_object(ondemand::object object, unsigned depth) {
  if (depth > limits::kJsonDepth) {
    return simdjson::DEPTH_ERROR;
  }
  for (auto each : object) {
    if (each.error() != simdjson::SUCCESS) {
      return each.error();
    }
    ondemand::field& field = each.value_unsafe();  // get() would copy it, at 10 ns a field
    bool escaped = false;
    static_cast<void>(key_text(field.key().raw(), escaped));
    if (escaped && !has_good_escapes(field.key())) {
      return simdjson::STRING_ERROR;
    }
    const error_code error = verify_value(field.value(), depth);
    if (error != simdjson::SUCCESS) {
      return error;
    }
  }
  return simdjson::SUCCESS;
}

error_code Collector::Impl::verify_array(ondemand::array array, unsigned depth) {
  if (depth > limits::kJsonDepth) {
    return simdjson::DEPTH_ERROR;
  }
  for (auto each : array) {
    if (each.error() != simdjson::SUCCESS) {
      return each.error();
    }
    ondemand::value& value = each.value_unsafe();
    if (const error_code error = verify_value(value, depth); error != simdjson::SUCCESS) {
      return error;
    }
  }
  return simdjson::SUCCESS;
}

error_code Collector::Impl::verify_record() {
  if (const error_code error = open(); error != simdjson::SUCCESS) {
    return error;
  }
  scratch.resize(std::max(scratch.size(), size + kSlack));
  const std::string_view raw = document.raw_json_token().value_unsafe();
  error_code error = simdjson::SUCCESS;
  if (raw[0] == '{') {
    ondemand::object object;
    error = document.get_object().get(object);
    error = error != simdjson::SUCCESS ? error : verify_object(object, 1);
  } else if (raw[0] == '[') {
    ondemand::array array;
    error = document.get_array().get(array);
    error = error != simdjson::SUCCESS ? error : verify_array(array, 1);
  } else {
    Token token;
    const bool good =
        classify(raw, token) && (token.kind != TokenKind::kQuoted || has_good_escapes(token));
    error = good ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
    trailing = good && raw.data() + raw.size() != buffer.data() + size;
    return error;
  }
  trailing = error == simdjson::SUCCESS && !is_behind_end();
  return error;
}

Collector::Collector(const Program& program) : impl_(std::make_unique<Impl>(program)) {}

Collector::~Collector() = default;

std::optional<Reject> Collector::collect(std::string_view value) {
  Impl& impl = *impl_;
  if (value.size() > limits::kRecordBytes) {
    return too_large("record_size", "the record is larger than 1 MiB");
  }
  impl.pad(value);
  impl.arena.release();
  impl.record_tokens.assign(impl.program.has_items ? impl.program.record.size() : 0, Token{});
  impl.element_tokens.clear();
  if (impl.element_tokens.capacity() > kKeptTokens) {
    impl.element_tokens.shrink_to_fit();
  }
  impl.element_sizes.clear();
  impl.too_many = false;
  impl.no_object = false;
  impl.saw_items = false;
  error_code error = impl.open();
  if (error != simdjson::SUCCESS) {
    return reject_of(error);
  }
  error = impl.walk_record();
  if (error == simdjson::SUCCESS && (impl.no_object || impl.is_behind_end())) {
    return std::nullopt;
  }
  if (std::optional<Reject> reject = verify()) {
    return reject;
  }
  if (impl.too_many) {
    return too_large("item_count", "the record holds more than 10,000 items");
  }
  return reject_of(error);
}

std::optional<Reject> Collector::verify() {
  const error_code error = impl_->verify_record();
  if (error != simdjson::SUCCESS) {
    return reject_of(error);
  }
  if (impl_->trailing) {
    return not_json("trailing_content", "something follows the first JSON value");
  }
  return std::nullopt;
}

size_t Collector::elements() const {
  return impl_->element_sizes.size();
}

bool Collector::has_empty_items() const {
  return impl_->saw_items && impl_->element_sizes.empty();
}

bool Collector::is_scalar() const {
  return impl_->no_object;
}

Token* Collector::element(size_t index) {
  return impl_->element_tokens.data() + index * impl_->program.element.size();
}

size_t Collector::element_bytes(size_t index) const {
  return impl_->element_sizes[index];
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
