// ChannelTable folds the channel names of records into the configured ones.
//
// Threads: immutable, shared.
// Owns:    the ids.
// Cost:    one hash lookup.
// Fails:   never: what matches nothing is the catch-all, "other" if none is configured.
//
// Names are compared without regard to ASCII case. A channel's own id is one of its names. With no
// channels configured every name is its own channel; a name that is empty, longer than 64 bytes or
// has control characters is "other" then.
#pragma once

#include <functional>
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

inline constexpr std::string_view kOtherChannel = "other";

class ChannelTable {
 public:
  explicit ChannelTable(std::vector<Channel> channels);
  ChannelTable(const ChannelTable&) = delete;
  ChannelTable& operator=(const ChannelTable&) = delete;

  // The id of a record's channel name; points into the table, or into a static for "other". With no
  // channels configured it may point into `name`.
  [[nodiscard]] std::string_view id_of(std::string_view name) const;
  // The same, with `folded` as the place for a name in lower case: with no channels configured,
  // "Blog" and "blog" are one channel only here.
  [[nodiscard]] std::string_view id_of(std::string_view name, std::string& folded) const;

  // Answers in this channel are not public. False for an id the table does not have.
  [[nodiscard]] bool is_private(std::string_view id) const;

  [[nodiscard]] const std::vector<Channel>& channels() const { return channels_; }

 private:
  struct TextHash {
    using is_transparent = void;

    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  std::vector<Channel> channels_;
  std::unordered_map<std::string, size_t, TextHash, std::equal_to<>> by_name_;
  std::string_view catch_all_ = kOtherChannel;
};

}  // namespace kaiku::match
