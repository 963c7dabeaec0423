#include "kaiku/match/channel_table.h"

#include <algorithm>
#include <utility>

namespace kaiku::match {
namespace {

constexpr size_t kOpenNameBytes = 64;
// Longer than any configured name: no need to fold what cannot be found.
constexpr size_t kNameBytes = 256;

char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

void lower_into(std::string_view name, std::string& out) {
  out.resize(name.size());
  std::transform(name.begin(), name.end(), out.begin(), ascii_lower);
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool fits_open_table(std::string_view name) {
  return !name.empty() && name.size() <= kOpenNameBytes &&
         std::none_of(name.begin(), name.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte < ' ' || byte == 0x7F;
         });
}

}  // namespace

ChannelTable::ChannelTable(std::vector<Channel> channels) : channels_(std::move(channels)) {
  std::string folded;
  for (size_t i = 0; i < channels_.size(); ++i) {
    lower_into(channels_[i].id, folded);
    by_name_.emplace(folded, i);
  }
  bool has_catch_all = false;
  for (size_t i = 0; i < channels_.size(); ++i) {
    for (const std::string& name : channels_[i].match) {
      if (name == "*") {
        if (!has_catch_all) {
          catch_all_ = channels_[i].id;
        }
        has_catch_all = true;
        continue;
      }
      lower_into(name, folded);
      by_name_.emplace(folded, i);
    }
  }
}

std::string_view ChannelTable::id_of(std::string_view name) const {
  if (channels_.empty()) {
    return fits_open_table(name) ? name : kOtherChannel;
  }
  if (const auto exact = by_name_.find(name); exact != by_name_.end()) {
    return channels_[exact->second].id;
  }
  if (name.size() > kNameBytes || std::none_of(name.begin(), name.end(), is_upper)) {
    return catch_all_;
  }
  std::string folded;
  lower_into(name, folded);
  const auto known = by_name_.find(folded);
  return known == by_name_.end() ? catch_all_ : std::string_view(channels_[known->second].id);
}

std::string_view ChannelTable::id_of(std::string_view name, std::string& folded) const {
  if (!channels_.empty()) {
    return id_of(name);
  }
  if (!fits_open_table(name)) {
    return kOtherChannel;
  }
  lower_into(name, folded);
  return folded;
}

bool ChannelTable::is_private(std::string_view id) const {
  const auto known = by_name_.find(id);
  return known != by_name_.end() && channels_[known->second].is_private;
}

}  // namespace kaiku::match
