#include "config/report.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "kaiku/base/check.h"

namespace kaiku::config {
namespace {

constexpr size_t kExcerptBytes = 400;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

int characters(std::string_view bytes) {
  return static_cast<int>(
      std::count_if(bytes.begin(), bytes.end(), [](char c) { return !is_continuation(c); }));
}

// Control characters, U+0080 to U+009F among them, would let a file write to the terminal of
// whoever checks it.
std::string harmless(std::string_view text) {
  if (text.size() > kExcerptBytes) {
    size_t end = kExcerptBytes;
    while (end > 0 && is_continuation(text[end])) {
      --end;
    }
    text = text.substr(0, end);
  }
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {
      out += '?';
      ++i;
    } else if (byte < ' ' || byte == 0x7F) {
      out += byte == '\t' ? ' ' : '?';
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

uint32_t Report::add_source(std::string name, std::string_view text) {
  Source source{std::move(name), {}};
  while (true) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
    source.lines.emplace_back(line);
    if (end == std::string_view::npos) {
      break;
    }
    text.remove_prefix(end + 1);
  }
  sources_.push_back(std::move(source));
  return static_cast<uint32_t>(sources_.size() - 1);
}

std::string_view Report::line_of(Place place) const {
  if (place.source >= sources_.size() || place.line < 1 ||
      static_cast<size_t>(place.line) > sources_[place.source].lines.size()) {
    return {};
  }
  return sources_[place.source].lines[static_cast<size_t>(place.line) - 1];
}

void Report::add(Severity severity, Finding finding) {
  KAIKU_DCHECK(find_code(finding.code) != nullptr, "a diagnostic code without a help text");
  errors_ += severity == Severity::kError ? 1 : 0;
  if (entries_.size() >= kMost) {
    ++left_out_;
    return;
  }
  Diagnostic made;
  made.severity = severity;
  made.code = finding.code;
  made.file =
      finding.place.source < sources_.size() ? harmless(sources_[finding.place.source].name) : "";
  made.line = finding.place.line;
  made.message = harmless(finding.message);
  made.suggestion = harmless(finding.suggestion);
  made.path = harmless(finding.path);
  const std::string_view line = line_of(finding.place);
  const auto before = static_cast<size_t>(std::max(0, finding.place.column - 1));
  made.column = finding.place.line == 0 ? 0 : 1 + characters(line.substr(0, before));
  const std::string_view marked =
      before < line.size() ? line.substr(before, static_cast<size_t>(std::max(1, finding.width)))
                           : std::string_view();
  made.width = std::max(1, characters(marked));
  made.excerpt = harmless(line);
  entries_.push_back({finding.place.source, std::move(made)});
}

void Report::error_at(const Node& node,
                      std::string_view code,
                      std::string path,
                      std::string message,
                      std::string suggestion) {
  error({code,
         node.place,
         width_of(node),
         std::move(path),
         std::move(message),
         std::move(suggestion)});
}

void Report::warning_at(const Node& node,
                        std::string_view code,
                        std::string path,
                        std::string message,
                        std::string suggestion) {
  warning({code,
           node.place,
           width_of(node),
           std::move(path),
           std::move(message),
           std::move(suggestion)});
}

std::vector<Diagnostic> Report::take() {
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.source, a.diagnostic.line, a.diagnostic.column) <
           std::tie(b.source, b.diagnostic.line, b.diagnostic.column);
  });
  std::vector<Diagnostic> out;
  for (Entry& entry : entries_) {
    out.push_back(std::move(entry.diagnostic));
  }
  if (left_out_ > 0 && !out.empty()) {
    Diagnostic more;
    more.severity = errors_ > 0 ? Severity::kError : Severity::kWarning;
    more.code = "KA099";
    more.file = out.back().file;
    more.message = "and " + std::to_string(left_out_) + " more";
    out.push_back(std::move(more));
  }
  entries_.clear();
  return out;
}

int width_of(const Node& node) {
  if (!node.is_scalar()) {
    return 1;
  }
  return std::max(1, static_cast<int>(node.written.size()) + (node.quoted ? 2 : 0));
}

}  // namespace kaiku::config
