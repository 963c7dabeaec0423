#include "shipped.h"

namespace kaiku::parse {
namespace {

// Event webhooks of tickets: creation and new comments; all other changes are ignored.
Mapping zendesk_ticket_event() {
  constexpr std::string_view kComment = "zen:event-type:ticket.comment_added";
  const Condition comment = is("/type", {kComment});
  Mapping mapping = recipe(
      "zendesk_ticket_event",
      {{"event_id", {path("/id")}},
       {"type", {constant("support_message")}},
       {"channel",
        {mapped("/detail/via/channel",
                {{"mail", "email"},
                 {"email", "email"},
                 {"voice", "phone"},
                 {"phone", "phone"},
                 {"chat", "chat"},
                 {"native_messaging", "chat"},
                 {"twitter", "x"},
                 {"facebook", "facebook"},
                 {"instagram_dm", "instagram"},
                 {"forum", "forum"},
                 {"mobile", "web"},
                 {"api", "web"},
                 {"web", "web"},
                 {"web_widget", "web"}},
                "other")}},
       {"native_id",
        {only_if(joined({"comment/", "/event/comment/id"}), comment),
         joined({"ticket/", "/detail/id"})}},
       {"occurred_at", {time("/time", TimeFormat::kRfc3339)}},
       {"visibility",
        {mapped("/event/comment/is_public", {{"false", "internal_note"}}, "private")}},
       {"author.id",
        {only_if(path("/event/comment/author/id"), comment), path("/detail/requester_id")}},
       {"author.role",
        {only_if(
             mapped("/event/comment/author/is_staff", {{"true", "staff"}, {"false", "customer"}}),
             comment),
         only_if(constant("customer"), is_not(comment))}},
       {"text", {path("/event/comment/body"), path("/detail/description")}},
       {"title", {path("/detail/subject")}},
       {"conversation_id", {joined({"ticket/", "/detail/id"})}},
       {"in_reply_to", {only_if(joined({"ticket/", "/detail/id"}), comment)}},
       {"relation", {only_if(constant("reply"), comment), constant("original")}},
       {"customer_key", {path("/detail/requester_id")}},
       {"severity", {path("/detail/priority")}},
       {"status",
        {mapped("/detail/status",
                {{"NEW", "open"},
                 {"OPEN", "open"},
                 {"PENDING", "pending"},
                 {"HOLD", "on_hold"},
                 {"SOLVED", "solved"},
                 {"CLOSED", "closed"}})}},
       {"ticket_id", {path("/detail/id")}}});
  mapping.when = {is("/type", {"zen:event-type:ticket.created", kComment})};
  return mapping;
}

// The list "customer reviews of an app". A nickname is no identity.
Mapping app_store_review() {
  Mapping mapping =
      recipe("app_store_review",
             {{"event_id", {path("/id")}},
              {"type", {constant("mention")}},
              {"channel", {constant("app_store")}},
              {"native_id", {path("/id")}},
              {"occurred_at", {time("/attributes/createdDate", TimeFormat::kRfc3339)}},
              {"title", {path("/attributes/title")}},
              {"text", {path("/attributes/body")}},
              {"relation", {constant("original")}}});
  mapping.items = "/data";
  mapping.items_optional = true;
  return mapping;
}

// reviews.list. There is one time only, and an edit moves it: it is the version as well.
Mapping google_play_review() {
  const std::string comment = "/comments/0/userComment";
  Mapping mapping =
      recipe("google_play_review",
             {{"event_id", {joined({"/reviewId", "@", comment + "/lastModified/seconds"})}},
              {"type", {constant("mention")}},
              {"channel", {constant("google_play")}},
              {"native_id", {path("/reviewId")}},
              {"native_version", {path(comment + "/lastModified/seconds")}},
              {"occurred_at", {time(comment + "/lastModified", TimeFormat::kSecondsNanos)}},
              {"text", {path(comment + "/originalText"), path(comment + "/text")}},
              {"lang", {path(comment + "/reviewerLanguage")}},
              {"relation", {constant("original")}},
              {"metrics.likes", {path(comment + "/thumbsUpCount")}}});
  mapping.items = "/reviews";
  mapping.items_optional = true;
  return mapping;
}

}  // namespace

std::vector<Mapping> support_mappings() {
  return {zendesk_ticket_event(), app_store_review(), google_play_review()};
}

}  // namespace kaiku::parse
