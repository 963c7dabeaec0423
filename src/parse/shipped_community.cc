#include "shipped.h"

namespace kaiku::parse {
namespace {

// Posts (t3_) and comments (t1_), from the API or an archive. `edited` is false, true or a time.
Mapping reddit() {
  return recipe(
      "reddit",
      {{"event_id", {path("/name")}},
       {"type", {constant("mention")}},
       {"channel", {constant("reddit")}},
       {"brand_id", {path("/subreddit")}},
       {"native_id", {path("/name")}},
       {"native_version", {mapped("/edited", {{"false", ""}, {"true", ""}})}},
       {"occurred_at", {time("/created_utc", TimeFormat::kUnixSeconds)}},
       {"author.id", {path("/author_fullname"), mapped("/author", {{"[deleted]", ""}})}},
       {"author.handle", {mapped("/author", {{"[deleted]", ""}})}},
       {"title", {path("/title")}},
       {"text", {path("/selftext"), path("/body")}},
       {"url", {path("/permalink")}},
       {"conversation_id", {path("/link_id"), path("/name")}},
       {"in_reply_to", {path("/parent_id")}},
       {"relation",
        {exists("/crosspost_parent", "crosspost"), exists("/parent_id", "reply", "original")}},
       {"relates_to", {path("/crosspost_parent")}},
       {"metrics.likes", {path("/score")}},
       {"metrics.replies", {path("/num_comments")}}});
}

// A post from the API, or wrapped as {"post": ...} by a webhook. `version` counts edits.
Mapping discourse() {
  Mapping mapping = recipe(
      "discourse",
      {{"event_id",
        {joined({"/id", ":", "/version", ":", "/deleted_at"}), joined({"/id", ":", "/version"})}},
       {"type", {constant("mention")}},
       {"op", {exists("/deleted_at", "delete"), mapped("/version", {{"1", "create"}}, "update")}},
       {"channel", {constant("forum")}},
       {"native_id", {path("/id")}},
       {"native_version", {path("/version")}},
       {"occurred_at", {time("/created_at", TimeFormat::kRfc3339)}},
       {"observed_at",
        {time("/deleted_at", TimeFormat::kRfc3339), time("/updated_at", TimeFormat::kRfc3339)}},
       {"author.id", {path("/user_id")}},
       {"author.handle", {path("/username")}},
       {"author.role", {mapped("/staff", {{"true", "staff"}, {"false", ""}})}},
       {"title", {path("/topic_title")}},
       {"text", {path("/raw"), html("/cooked")}},
       {"conversation_id", {joined({"topic/", "/topic_id"})}},
       {"relation", {mapped("/post_number", {{"1", "original"}}, "reply")}},
       {"metrics.likes", {path("/like_count")}},
       {"metrics.replies", {path("/reply_count")}},
       {"metrics.quotes", {path("/quote_count")}},
       {"metrics.views", {path("/reads")}}});
  mapping.items = "/post";
  mapping.items_optional = true;
  return mapping;
}

// Who writes for the project: members and owners of the repository.
std::vector<Extract> github_role(const std::string& of) {
  return {mapped(of + "/user/type", {{"Bot", "bot"}}, ""),
          mapped(of + "/author_association",
                 {{"OWNER", "staff"}, {"MEMBER", "staff"}, {"COLLABORATOR", "staff"}},
                 "unknown")};
}

// Webhook `issues`. Issues and comments have ids of their own: the prefix keeps them apart.
Mapping github_issue() {
  Mapping mapping = recipe(
      "github_issue",
      {{"event_id", {joined({"issue/", "/issue/id", ":", "/action", ":", "/issue/updated_at"})}},
       {"type", {constant("bug_report")}},
       {"op",
        {mapped("/action",
                {{"opened", "create"}, {"deleted", "delete"}, {"transferred", "delete"}},
                "update")}},
       {"channel", {constant("github")}},
       {"native_id", {joined({"issue/", "/issue/id"})}},
       {"native_version", {path("/issue/updated_at")}},
       {"occurred_at", {time("/issue/created_at", TimeFormat::kRfc3339)}},
       {"observed_at", {time("/issue/updated_at", TimeFormat::kRfc3339)}},
       {"author.id", {path("/issue/user/id")}},
       {"author.handle", {path("/issue/user/login")}},
       {"author.role", github_role("/issue")},
       {"title", {path("/issue/title")}},
       {"text", {path("/issue/body")}},
       {"url", {path("/issue/html_url")}},
       {"conversation_id", {joined({"/repository/full_name", "#", "/issue/number"})}},
       {"relation", {constant("original")}},
       {"metrics.likes", {path("/issue/reactions/+1")}},
       {"metrics.replies", {path("/issue/comments")}},
       {"status", {path("/issue/state")}}});
  mapping.when = {is_there("/action"), is_there("/issue"), is_not(is_there("/comment"))};
  return mapping;
}

// Webhook `issue_comment`.
Mapping github_comment() {
  Mapping mapping =
      recipe("github_comment",
             {{"event_id",
               {joined({"comment/", "/comment/id", ":", "/action", ":", "/comment/updated_at"})}},
              {"type", {constant("support_message")}},
              {"op", {mapped("/action", {{"created", "create"}, {"deleted", "delete"}}, "update")}},
              {"channel", {constant("github")}},
              {"native_id", {joined({"comment/", "/comment/id"})}},
              {"native_version", {path("/comment/updated_at")}},
              {"occurred_at", {time("/comment/created_at", TimeFormat::kRfc3339)}},
              {"observed_at", {time("/comment/updated_at", TimeFormat::kRfc3339)}},
              {"author.id", {path("/comment/user/id")}},
              {"author.handle", {path("/comment/user/login")}},
              {"author.role", github_role("/comment")},
              {"text", {path("/comment/body")}},
              {"url", {path("/comment/html_url")}},
              {"conversation_id", {joined({"/repository/full_name", "#", "/issue/number"})}},
              {"in_reply_to", {joined({"issue/", "/issue/id"})}},
              {"relation", {constant("reply")}},
              {"metrics.likes", {path("/comment/reactions/+1")}},
              {"status", {path("/issue/state")}}});
  mapping.when = {is_there("/action"), is_there("/issue"), is_there("/comment")};
  return mapping;
}

}  // namespace

std::vector<Mapping> community_mappings() {
  return {reddit(), discourse(), github_issue(), github_comment()};
}

}  // namespace kaiku::parse
