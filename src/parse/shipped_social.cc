#include "shipped.h"

namespace kaiku::parse {
namespace {

// A status alone (streams), an array of them (timelines) or a search result. Text is HTML-escaped.
// A retweet carries the retweet counter of its original, which is not its own.
Mapping x_v1() {
  const Condition retweet = is_there("/retweeted_status");
  Mapping mapping =
      recipe("x_v1",
             {{"event_id", {path("/id_str"), path("/id")}},
              {"type", {constant("mention")}},
              {"channel", {constant("x")}},
              {"native_id", {path("/id_str"), path("/id")}},
              {"occurred_at", {time("/created_at", TimeFormat::kTwitter)}},
              {"author.id", {path("/user/id_str"), path("/user/id")}},
              {"author.handle", {path("/user/screen_name")}},
              {"author.followers", {path("/user/followers_count")}},
              {"text", {html("/extended_tweet/full_text"), html("/full_text"), html("/text")}},
              {"lang", {path("/lang")}},
              {"in_reply_to", {path("/in_reply_to_status_id_str")}},
              {"relation",
               {exists("/retweeted_status", "repost"),
                exists("/quoted_status", "quote"),
                exists("/in_reply_to_status_id_str", "reply", "original")}},
              {"relates_to",
               {path("/retweeted_status/id_str"),
                path("/quoted_status/id_str"),
                path("/quoted_status_id_str")}},
              {"metrics.likes", {only_if(path("/favorite_count"), is_not(retweet))}},
              {"metrics.replies", {only_if(path("/reply_count"), is_not(retweet))}},
              {"metrics.reposts", {only_if(path("/retweet_count"), is_not(retweet))}},
              {"metrics.quotes", {only_if(path("/quote_count"), is_not(retweet))}}});
  mapping.items = "/statuses";
  mapping.items_optional = true;
  return mapping;
}

// The filtered stream ({"data": {...}}) and search ({"data": [...]}). An edit is a new id.
Mapping x_v2() {
  const Condition retweet = is("/referenced_tweets/0/type", {"retweeted"});
  Mapping mapping = recipe(
      "x_v2",
      {{"event_id", {path("/id")}},
       {"type", {constant("mention")}},
       {"channel", {constant("x")}},
       {"native_id", {path("/id")}},
       {"supersedes",
        {only_if(path("/edit_history_tweet_ids/0"), is_there("/edit_history_tweet_ids/1"))}},
       {"occurred_at", {time("/created_at", TimeFormat::kRfc3339)}},
       {"author.id", {path("/author_id")}},
       {"text", {html("/note_tweet/text"), html("/text")}},
       {"lang", {path("/lang")}},
       {"conversation_id", {path("/conversation_id")}},
       {"in_reply_to",
        {only_if(path("/referenced_tweets/0/id"),
                 is("/referenced_tweets/0/type", {"replied_to"}))}},
       {"relation",
        {mapped("/referenced_tweets/0/type",
                {{"retweeted", "repost"}, {"quoted", "quote"}, {"replied_to", "reply"}},
                "original")}},
       {"relates_to",
        {only_if(path("/referenced_tweets/0/id"),
                 is("/referenced_tweets/0/type", {"retweeted", "quoted"}))}},
       {"metrics.likes", {only_if(path("/public_metrics/like_count"), is_not(retweet))}},
       {"metrics.replies", {only_if(path("/public_metrics/reply_count"), is_not(retweet))}},
       {"metrics.reposts", {only_if(path("/public_metrics/retweet_count"), is_not(retweet))}},
       {"metrics.quotes", {only_if(path("/public_metrics/quote_count"), is_not(retweet))}},
       {"metrics.impressions",
        {only_if(path("/public_metrics/impression_count"), is_not(retweet))}},
       {"metrics.bookmarks", {only_if(path("/public_metrics/bookmark_count"), is_not(retweet))}}});
  mapping.items = "/data";
  return mapping;
}

// Jetstream v1. The time is the server's: record.createdAt is what a client claims.
Mapping bluesky() {
  const Extract uri = joined({"at://", "/did", "/", "/commit/collection", "/", "/commit/rkey"});
  const Condition quote =
      is("/commit/record/embed/$type", {"app.bsky.embed.record", "app.bsky.embed.recordWithMedia"});
  Extract quoted = only_if(constant("quote"), quote);
  Mapping mapping =
      recipe("bluesky",
             {{"event_id", {joined({"/did", "/", "/commit/rkey", ":", "/commit/rev"})}},
              {"type", {constant("mention")}},
              {"op", {path("/commit/operation")}},
              {"channel", {constant("bluesky")}},
              {"native_id", {uri}},
              {"native_version", {path("/commit/rev")}},
              {"occurred_at", {time("/time_us", TimeFormat::kUnixMicros)}},
              {"observed_at", {time("/time_us", TimeFormat::kUnixMicros)}},
              {"author.id", {path("/did")}},
              {"text", {path("/commit/record/text")}},
              {"lang", {path("/commit/record/langs/0")}},
              {"url", {joined({"https://bsky.app/profile/", "/did", "/post/", "/commit/rkey"})}},
              {"conversation_id", {path("/commit/record/reply/root/uri"), uri}},
              {"in_reply_to", {path("/commit/record/reply/parent/uri")}},
              {"relation", {exists("/commit/record/reply", "reply"), quoted, constant("original")}},
              {"relates_to",
               {only_if(path("/commit/record/embed/record/record/uri"), quote),
                only_if(path("/commit/record/embed/record/uri"), quote)}}});
  mapping.when = {is("/kind", {"commit"}), is("/commit/collection", {"app.bsky.feed.post"})};
  return mapping;
}

// A status as the API and the streaming `update` and `status.update` events give it. Ids are local
// to an instance, `uri` is not.
Mapping mastodon() {
  const Condition reblog = is_there("/reblog");
  return recipe(
      "mastodon",
      {{"event_id", {joined({"/uri", "#", "/edited_at"}), path("/uri")}},
       {"type", {constant("mention")}},
       {"op", {exists("/edited_at", "update", "create")}},
       {"channel", {constant("mastodon")}},
       {"native_id", {path("/uri")}},
       {"native_version", {path("/edited_at")}},
       {"occurred_at", {time("/created_at", TimeFormat::kRfc3339)}},
       {"observed_at", {time("/edited_at", TimeFormat::kRfc3339)}},
       {"visibility",
        {mapped("/visibility",
                {{"public", "public"},
                 {"unlisted", "public"},
                 {"private", "private"},
                 {"direct", "private"}},
                "public")}},
       {"author.id", {path("/account/uri"), path("/account/url"), path("/account/id")}},
       {"author.handle", {path("/account/acct")}},
       {"author.role", {mapped("/account/bot", {{"true", "bot"}, {"false", ""}})}},
       {"author.followers", {path("/account/followers_count")}},
       {"text", {html("/content"), html("/reblog/content")}},
       {"title", {path("/spoiler_text")}},
       {"lang", {path("/language")}},
       {"url", {path("/url")}},
       {"relation", {exists("/reblog", "repost"), exists("/in_reply_to_id", "reply", "original")}},
       {"relates_to", {path("/reblog/uri")}},
       {"metrics.likes", {only_if(path("/favourites_count"), is_not(reblog))}},
       {"metrics.replies", {only_if(path("/replies_count"), is_not(reblog))}},
       {"metrics.reposts", {only_if(path("/reblogs_count"), is_not(reblog))}},
       {"metrics.quotes", {only_if(path("/quotes_count"), is_not(reblog))}}});
}

// A comment thread of the Data API v3; replies come as the items of comments.list.
Mapping youtube_comment() {
  Mapping mapping = recipe(
      "youtube_comment",
      {{"event_id",
        {joined({"/snippet/topLevelComment/id", "@", "/snippet/topLevelComment/snippet/updatedAt"}),
         joined({"/id", "@", "/snippet/updatedAt"})}},
       {"type", {constant("mention")}},
       {"channel", {constant("youtube")}},
       {"native_id", {path("/snippet/topLevelComment/id"), path("/id")}},
       {"native_version",
        {path("/snippet/topLevelComment/snippet/updatedAt"), path("/snippet/updatedAt")}},
       {"occurred_at",
        {time("/snippet/topLevelComment/snippet/publishedAt", TimeFormat::kRfc3339),
         time("/snippet/publishedAt", TimeFormat::kRfc3339)}},
       {"observed_at",
        {time("/snippet/topLevelComment/snippet/updatedAt", TimeFormat::kRfc3339),
         time("/snippet/updatedAt", TimeFormat::kRfc3339)}},
       {"author.id",
        {path("/snippet/topLevelComment/snippet/authorChannelId/value"),
         path("/snippet/authorChannelId/value")}},
       {"author.handle",
        {path("/snippet/topLevelComment/snippet/authorDisplayName"),
         path("/snippet/authorDisplayName")}},
       {"text",
        {path("/snippet/topLevelComment/snippet/textOriginal"),
         html("/snippet/topLevelComment/snippet/textDisplay"),
         path("/snippet/textOriginal"),
         html("/snippet/textDisplay")}},
       {"conversation_id", {path("/snippet/parentId"), path("/id")}},
       {"in_reply_to", {path("/snippet/parentId")}},
       {"relation", {exists("/snippet/parentId", "reply", "original")}},
       {"metrics.likes",
        {path("/snippet/topLevelComment/snippet/likeCount"), path("/snippet/likeCount")}},
       {"metrics.replies", {path("/snippet/totalReplyCount")}}});
  mapping.items = "/items";
  mapping.items_optional = true;
  return mapping;
}

}  // namespace

std::vector<Mapping> social_mappings() {
  return {x_v1(), x_v2(), bluesky(), mastodon(), youtube_comment()};
}

}  // namespace kaiku::parse
