#include "kaiku/text/html.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "kaiku/text/utf8.h"

#include "entities.h"

namespace kaiku::text {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_letter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}

bool equal_fold(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char one, char other) {
    return lower(one) == lower(other);
  });
}

template <size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::any_of(
      names.begin(), names.end(), [&](std::string_view one) { return equal_fold(name, one); });
}

constexpr std::array<std::string_view, 3> kHidden = {"script", "style", "template"};
constexpr std::array<std::string_view, 24> kBlocks = {
    "div",   "li",         "ul",      "ol",      "dl",    "dt",     "dd",     "tr",
    "table", "h1",         "h2",      "h3",      "h4",    "h5",     "h6",     "hr",
    "pre",   "blockquote", "section", "article", "aside", "header", "footer", "figure"};
// Elements without content: they never hide what follows.
constexpr std::array<std::string_view, 6> kVoid = {"br", "hr", "img", "input", "wbr", "meta"};

// Windows-1252 for the numbers 128 to 159, as the HTML standard wants for numeric references.
constexpr std::array<uint16_t, 32> kWindows1252 = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

// Collapses white space and keeps the byte limit.
class Writer {
 public:
  Writer(size_t limit, std::string& out) : out_(out), start_(out.size()), limit_(limit) {}

  void space() { space_ = true; }

  void line_break() { breaks_ = std::min(breaks_ + 1, 2); }

  void block(int breaks) { breaks_ = std::max(breaks_, breaks); }

  // `character` is one whole character.
  void character(std::string_view character) {
    const bool at_start = out_.size() == start_;
    const size_t gap = at_start ? 0 : (breaks_ > 0 ? static_cast<size_t>(breaks_) : space_ ? 1 : 0);
    if (full_ || out_.size() - start_ + gap + character.size() > limit_) {
      full_ = true;
      return;
    }
    out_.append(gap, breaks_ > 0 ? '\n' : ' ');
    out_.append(character);
    breaks_ = 0;
    space_ = false;
  }

  [[nodiscard]] bool is_full() const { return full_; }

 private:
  std::string& out_;
  size_t start_;
  size_t limit_;
  int breaks_ = 0;
  bool space_ = false;
  bool full_ = false;
};

class Reader {
 public:
  Reader(std::string_view html, Writer& out) : html_(html), out_(out) {}

  void run() {
    while (at_ < html_.size() && !out_.is_full()) {
      const char c = html_[at_];
      if (c == '<' && starts_markup()) {
        markup();
      } else if (hidden_depth_ > 0) {
        ++at_;
      } else if (c == '&') {
        reference();
      } else if (is_space(c)) {
        out_.space();
        ++at_;
      } else {
        plain();
      }
    }
  }

 private:
  [[nodiscard]] bool starts_markup() const {
    const char next = at_ + 1 < html_.size() ? html_[at_ + 1] : ' ';
    return is_letter(next) || next == '/' || next == '!' || next == '?';
  }

  void plain() {
    const auto lead = static_cast<unsigned char>(html_[at_]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    out_.character(html_.substr(at_, length));
    at_ = std::min(at_ + length, html_.size());
  }

  void skip_past(std::string_view end) {
    const size_t found = html_.find(end, at_);
    at_ = found == std::string_view::npos ? html_.size() : found + end.size();
  }

  void markup() {
    if (html_.substr(at_, 4) == "<!--") {
      at_ += 4;
      skip_past("-->");
    } else if (html_[at_ + 1] == '!' || html_[at_ + 1] == '?') {
      skip_past(">");
    } else {
      tag();
    }
  }

  void tag() {
    const bool closing = html_[at_ + 1] == '/';
    at_ += closing ? 2 : 1;
    const size_t name_start = at_;
    while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '>' && html_[at_] != '/') {
      ++at_;
    }
    const std::string_view name = html_.substr(name_start, at_ - name_start);
    const size_t attributes_start = at_;
    skip_attributes();
    const std::string_view attributes = html_.substr(attributes_start, at_ - attributes_start);
    if (!closing && is_one_of(name, kHidden)) {
      skip_element(name);
    } else if (hidden_depth_ > 0) {
      nest(name, closing);
    } else if (!closing && !is_one_of(name, kVoid) && is_invisible(attributes)) {
      hidden_name_ = name;
      hidden_depth_ = 1;
    } else if (equal_fold(name, "br")) {
      out_.line_break();
    } else if (equal_fold(name, "p")) {
      out_.block(2);
    } else if (equal_fold(name, "td") || equal_fold(name, "th")) {
      out_.space();
    } else if (is_one_of(name, kBlocks)) {
      out_.block(1);
    }
  }

  // To behind the '>' that ends the tag; one inside quotes does not.
  void skip_attributes() {
    char quote = 0;
    for (; at_ < html_.size(); ++at_) {
      const char c = html_[at_];
      if (quote != 0) {
        quote = c == quote ? '\0' : quote;
      } else if (c == '>') {
        ++at_;
        return;
      } else if ((c == '"' || c == '\'') && html_[at_ - 1] == '=') {
        quote = c;
      }
    }
  }

  // To the end of the closing tag of script, style or template, whose content is no markup.
  void skip_element(std::string_view name) {
    while (true) {
      skip_past("</");
      if (at_ >= html_.size()) {
        return;
      }
      if (equal_fold(html_.substr(at_, name.size()), name)) {
        skip_past(">");
        return;
      }
    }
  }

  void nest(std::string_view name, bool closing) {
    if (equal_fold(name, hidden_name_)) {
      hidden_depth_ += closing ? -1 : 1;
    }
  }

  // class="... invisible ...": the word in the attribute text is what counts.
  static bool is_invisible(std::string_view attributes) {
    const size_t start = attributes.find("class=");
    if (start == std::string_view::npos || start + 7 > attributes.size()) {
      return false;
    }
    const char quote = attributes[start + 6];
    if (quote != '"' && quote != '\'') {
      return attributes.substr(start + 6).starts_with("invisible");
    }
    const std::string_view value = attributes.substr(start + 7);
    const std::string_view classes = value.substr(0, value.find(quote));
    const size_t word = classes.find("invisible");
    return word != std::string_view::npos && (word == 0 || is_space(classes[word - 1])) &&
           (word + 9 == classes.size() || is_space(classes[word + 9]));
  }

  // "&amp;", "&#228;", "&#xE4;"; anything else is an ampersand.
  void reference() {
    const std::string_view rest = html_.substr(at_ + 1, kLongestEntity + 4);
    const size_t end = rest.find(';');
    uint32_t code_point = 0;
    if (end != std::string_view::npos) {
      const std::string_view name = rest.substr(0, end);
      code_point = name.starts_with('#') ? number(name.substr(1)) : entity(name);
    }
    if (code_point == 0) {
      plain();
      return;
    }
    at_ += end + 2;
    if (code_point == ' ' || code_point == '\n' || code_point == '\t' || code_point == '\r') {
      out_.space();
      return;
    }
    buffer_.clear();
    append_utf8(buffer_, code_point);
    out_.character(buffer_);
  }

  // 0 if it is no number. NUL and other control characters become U+FFFD.
  static uint32_t number(std::string_view digits) {
    const bool hex = digits.starts_with('x') || digits.starts_with('X');
    digits.remove_prefix(hex ? 1 : 0);
    if (digits.empty() || digits.size() > 8) {
      return 0;
    }
    uint64_t value = 0;
    for (const char c : digits) {
      const bool decimal = c >= '0' && c <= '9';
      const bool letter = hex && lower(c) >= 'a' && lower(c) <= 'f';
      if (!decimal && !letter) {
        return 0;
      }
      value =
          value * (hex ? 16 : 10) + static_cast<uint64_t>(decimal ? c - '0' : lower(c) - 'a' + 10);
    }
    if (value >= 128 && value < 160) {
      return kWindows1252[value - 128];
    }
    const bool control = value < 32 && value != '\n' && value != '\t' && value != '\r';
    return control || value > 0x10FFFF ? 0xFFFD : static_cast<uint32_t>(value);
  }

  std::string_view html_;
  Writer& out_;
  size_t at_ = 0;
  std::string_view hidden_name_;
  int64_t hidden_depth_ = 0;
  std::string buffer_;
};

}  // namespace

bool append_html_text(std::string_view html, size_t limit, std::string& out) {
  Writer writer(limit, out);
  Reader(html, writer).run();
  return writer.is_full();
}

}  // namespace kaiku::text
