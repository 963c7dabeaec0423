#include "kaiku/board/kpi_set.h"

#include <charconv>

namespace kaiku::board {
namespace {

// The text of a top-level member of a body or subject, without the quotes of a string. They are
// written by this module: compact, and names of members stand in no text before them.
std::string_view member(std::string_view body, std::string_view name) {
  const std::string quoted = '"' + std::string(name) + "\":";
  const size_t at = body.find(quoted);
  if (at == std::string_view::npos) {
    return {};
  }
  std::string_view rest = body.substr(at + quoted.size());
  if (!rest.empty() && rest.front() == '"') {
    rest.remove_prefix(1);
    return rest.substr(0, rest.find('"'));
  }
  return rest.substr(0, rest.find_first_of(",}"));
}

// What a text has outside of itself.
size_t outside(const std::string& text) {
  static const size_t kInside = std::string().capacity();
  return text.capacity() > kInside ? text.capacity() + 1 : 0;
}

}  // namespace

std::string_view KpiFigure::text(std::string_view field) const {
  const std::string_view found = member(body, field);
  return found == "null" ? std::string_view() : found;
}

std::optional<double> KpiFigure::number(std::string_view field) const {
  const std::string_view found = text(field);
  double number = 0;
  const auto [end, error] = std::from_chars(found.data(), found.data() + found.size(), number);
  if (error != std::errc() || end != found.data() + found.size()) {
    return std::nullopt;
  }
  return number;
}

std::string_view KpiFigure::about(std::string_view field) const {
  return member(subject, field);
}

size_t KpiSet::memory_bytes() const {
  size_t bytes =
      sizeof(KpiSet) + outside(window) + outside(brand) + figures.capacity() * sizeof(KpiFigure);
  for (const KpiFigure& figure : figures) {
    bytes += outside(figure.brand) + outside(figure.channel) + outside(figure.subject) +
             outside(figure.body);
  }
  return bytes;
}

}  // namespace kaiku::board
