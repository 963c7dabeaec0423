#include "kaiku/base/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

namespace kaiku::base {
namespace {

// Length of the well-formed UTF-8 sequence at `text`, 0 if there is none (RFC 3629: no overlong
// forms, no surrogates, nothing above U+10FFFF).
size_t sequence_length(std::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto continues = [&](size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xc2 && first <= 0xdf) {
    return continues(1) ? 2 : 0;
  }
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : 0xbf;
    return byte(1) >= low && byte(1) <= high && continues(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xf4 ? 0x8f : 0xbf;
    return byte(1) >= low && byte(1) <= high && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

// Bytes that stand for themselves in a JSON string.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t c = 0x20; c < 0x80; ++c) {
    plain[c] = c != '"' && c != '\\';
  }
  return plain;
}();

// Length of the plain text that `text` begins with.
size_t plain_length(std::string_view text) {
  size_t length = 0;
  while (length < text.size() && kPlain[static_cast<unsigned char>(text[length])]) {
    ++length;
  }
  return length;
}

// A short piece of output that is put together in place: one append instead of several.
class Piece {
 public:
  static constexpr size_t kTextMax = 64;

  void add(char c) { bytes_[size_++] = c; }

  void add_plain_string(std::string_view text) {
    add('"');
    text.copy(bytes_ + size_, text.size());  // copes with a view of nothing at null
    size_ += text.size();
    add('"');
  }

  template <typename Int>
  void add_number(Int value) {
    char* const end = bytes_ + sizeof(bytes_);
    size_ = static_cast<size_t>(std::to_chars(bytes_ + size_, end, value).ptr - bytes_);
  }

  void append_to(std::string& out) const { out.append(bytes_, size_); }

 private:
  char bytes_[kTextMax + 32];
  size_t size_ = 0;
};

template <typename Int>
void append_number(std::string& out, bool with_comma, Int value) {
  Piece piece;
  if (with_comma) {
    piece.add(',');
  }
  piece.add_number(value);
  piece.append_to(out);
}

void append_escape(std::string& out, unsigned char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  size_t plain = plain_length(text);
  if (plain == text.size() && plain <= Piece::kTextMax) {
    Piece piece;
    piece.add_plain_string(text);
    piece.append_to(out);
    return;
  }
  out += '"';
  while (true) {
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) {
      break;
    }
    const auto c = static_cast<unsigned char>(text.front());
    const size_t length = c < 0x80 ? 0 : sequence_length(text);
    if (length > 0) {
      out.append(text.substr(0, length));
      text.remove_prefix(length);
    } else {
      if (c < 0x80) {
        append_escape(out, c);
      } else {
        out += "\xef\xbf\xbd";
      }
      text.remove_prefix(1);
    }
    plain = plain_length(text);
  }
  out += '"';
}

void JsonWriter::separate() {
  if (!first_) {
    out_ += ',';
  }
  first_ = false;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  if (name.size() <= Piece::kTextMax && plain_length(name) == name.size()) {
    Piece piece;
    if (!first_) {
      piece.add(',');
    }
    piece.add_plain_string(name);
    piece.add(':');
    piece.append_to(out_);
  } else {
    separate();
    append_json_string(out_, name);
    out_ += ':';
  }
  first_ = true;
  return *this;
}

template <typename Int>
JsonWriter& JsonWriter::append_field(std::string_view name, Int value) {
  if (name.size() > Piece::kTextMax || plain_length(name) != name.size()) {
    return key(name).number(value);
  }
  Piece piece;
  if (!first_) {
    piece.add(',');
  }
  piece.add_plain_string(name);
  piece.add(':');
  piece.add_number(value);
  piece.append_to(out_);
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::number_field(std::string_view name, int64_t value) {
  return append_field(name, value);
}

JsonWriter& JsonWriter::number_field(std::string_view name, uint64_t value) {
  return append_field(name, value);
}

JsonWriter& JsonWriter::string(std::string_view text) {
  separate();
  append_json_string(out_, text);
  return *this;
}

JsonWriter& JsonWriter::number(int64_t value) {
  append_number(out_, !first_, value);
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::number(uint64_t value) {
  append_number(out_, !first_, value);
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::ratio(double value) {
  separate();
  if (!std::isfinite(value)) {
    out_ += "null";
    return *this;
  }
  if (value == 0) {
    out_ += '0';  // never "-0"
    return *this;
  }
  char buffer[40];
  const auto end =
      std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::general, 6).ptr;
  out_.append(buffer, end);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  out_ += "null";
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

}  // namespace kaiku::base
