// ChannelTable folds the channel names of records into the configured ones.
//
// Threads: immutable, shared.
// Owns:    the ids.
// Cost:    one hash lookup.
// Fails:   never: what matches nothing is the catch-all, "other" if none is configured.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kaiku::match {

struct Channel {
  std::string id;
  std::vector<std::string> match;  // names in records, ASCII case-insensitive; "*" is the catch-all
  bool is_private = false;         // e-mail, phone, chat: answers there are not public
};

class ChannelTable {
 public:
  // No channels at all: every name is its own channel, folded to lower case, up to 64 of them are told
  // apart by the caller's configuration check.
  explicit ChannelTable(std::vector<Channel> channels);

  // The id of a record's channel name; points into the table, or into a static for "other".
  [[nodiscard]] std::string_view id_of(std::string_view name) const;

  [[nodiscard]] const std::vector<Channel>& channels() const { return channels_; }

 private:
  std::vector<Channel> channels_;
  std::unordered_map<std::string, size_t> by_name_;
  std::string_view catch_all_;
};

}  // namespace kaiku::match
