// The shipped mappings against records of the platforms themselves.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "unit/parse/collected.h"

namespace kaiku::parse {
namespace {

using model::Item;
using model::Relation;

std::string sample(const std::string& name) {
  std::ifstream file(KAIKU_SHARED_DATA "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

#define NEED_SAMPLE(name)                                                   \
  const std::string value = sample(name);                                   \
  if (value.empty()) {                                                      \
    GTEST_SKIP() << "the sample data (" name ") is not beside the project"; \
  }

std::unique_ptr<Collected> lines(std::string_view mapping, const std::string& value) {
  auto collected = std::make_unique<Collected>();
  Parser parser(shipped_mapping(mapping));
  for (size_t at = 0; at < value.size();) {
    const size_t end = std::min(value.find('\n', at), value.size());
    if (end > at) {
      parser.parse(std::string_view(value).substr(at, end - at), 0, *collected);
    }
    at = end + 1;
  }
  return collected;
}

size_t count(const Collected& got, Relation relation) {
  return static_cast<size_t>(
      std::count_if(got.items.begin(), got.items.end(), [=](const Item& item) {
        return item.relation == relation;
      }));
}

TEST(ShippedX, OneHundredStatusesInOneRecord) {
  NEED_SAMPLE("social-json/twitter.json");
  const auto got = parse_one(shipped_mapping("x_v1"), value);
  ASSERT_EQ(got->items.size(), 100U);
  EXPECT_EQ(got->rejects.size(), 0U);
  std::set<std::string_view> ids;
  std::set<std::string_view> originals;
  std::map<std::string_view, int> languages;
  for (const Item& item : got->items) {
    ids.insert(item.native_id);
    ++languages[item.lang];
    if (item.relation == Relation::kRepost) {
      originals.insert(item.relates_to);
      EXPECT_EQ(item.counters.reposts, model::kAbsent);
    }
  }
  EXPECT_EQ(ids.size(), 100U);
  EXPECT_EQ(count(*got, Relation::kRepost), 73U);
  EXPECT_EQ(originals.size(), 15U);
  EXPECT_EQ(languages["ja"], 96);
  EXPECT_EQ(languages["zh"], 4);
  EXPECT_EQ(std::count_if(got->items.begin(),
                          got->items.end(),
                          [](const Item& item) { return !item.in_reply_to.empty(); }),
            6);
  const Item& first = got->items[0];
  EXPECT_EQ(first.native_id, "505874924095815681");
  EXPECT_EQ(base::format_seconds(first.occurred_at), "2014-08-31T00:29:15Z");
  EXPECT_EQ(first.author_id, "1186275104");
  EXPECT_EQ(first.author_handle, "ayuu0123");
  EXPECT_EQ(first.followers, 262);
  EXPECT_EQ(first.counters.reposts, 0);
  EXPECT_EQ(first.counters.likes, 0);
  EXPECT_EQ(first.counters.quotes, model::kAbsent);
  EXPECT_TRUE(first.text.starts_with("@aym0566x"));
}

TEST(ShippedX, IdsThatJavascriptRoundedAreReadFromTheirText) {
  NEED_SAMPLE("social-json/twitterescaped.json");
  const auto got = parse_one(shipped_mapping("x_v1"), value);
  const auto plain = parse_one(shipped_mapping("x_v1"), sample("social-json/twitter.json"));
  ASSERT_EQ(got->items.size(), 100U);
  ASSERT_EQ(plain->items.size(), 100U);
  for (size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(got->items[i].native_id, plain->items[i].native_id);
    EXPECT_EQ(got->items[i].text, plain->items[i].text);
    EXPECT_EQ(got->items[i].occurred_at, plain->items[i].occurred_at);
  }
}

TEST(ShippedX, ATimelineIsAnArray) {
  NEED_SAMPLE("social-json/twitter_timeline.json");
  const auto got = parse_one(shipped_mapping("x_v1"), value);
  EXPECT_GT(got->items.size(), 0U);
  EXPECT_EQ(got->rejects.size(), 0U);
  EXPECT_EQ(got->items.at(0).native_id, "144179670739456000");
}

TEST(ShippedX, Version2StreamsAndEdits) {
  const auto got = parse_one(
      shipped_mapping("x_v2"),
      R"({"data":{"id":"1050118621198921730","text":"R&amp;D &lt;3","created_at":"2024-05-14T09:31:07.000Z",)"
      R"("author_id":"2244994945","lang":"en","conversation_id":"1050118621198921000",)"
      R"("edit_history_tweet_ids":["1050118621198921728","1050118621198921730"],)"
      R"("referenced_tweets":[{"type":"replied_to","id":"1050118621198921700"}],)"
      R"("public_metrics":{"like_count":3,"retweet_count":1,"reply_count":0,"quote_count":0,)"
      R"("impression_count":99,"bookmark_count":2}},"matching_rules":[{"id":1}]})");
  ASSERT_EQ(got->items.size(), 1U);
  const Item& item = got->items[0];
  EXPECT_EQ(item.text, "R&D <3");
  EXPECT_EQ(item.supersedes, "1050118621198921728");
  EXPECT_EQ(item.relation, Relation::kReply);
  EXPECT_EQ(item.in_reply_to, "1050118621198921700");
  EXPECT_EQ(item.relates_to, "");
  EXPECT_EQ(item.counters.likes, 3);
  EXPECT_EQ(item.counters.impressions, 99);
  const auto search = parse_one(
      shipped_mapping("x_v2"),
      R"({"data":[{"id":"1","text":"a","created_at":"2024-05-14T09:31:07Z","edit_history_tweet_ids":["1"]},)"
      R"({"id":"2","text":"RT","created_at":"2024-05-14T09:31:08Z","public_metrics":{"retweet_count":7},)"
      R"("referenced_tweets":[{"type":"retweeted","id":"1"}]}],"meta":{}})");
  ASSERT_EQ(search->items.size(), 2U);
  EXPECT_EQ(search->items[0].supersedes, "");
  EXPECT_EQ(search->items[1].relation, Relation::kRepost);
  EXPECT_EQ(search->items[1].relates_to, "1");
  EXPECT_EQ(search->items[1].counters.reposts, model::kAbsent);
}

TEST(ShippedBluesky, SeventeenPostsEightOfThemRepliesAndOneDelete) {
  NEED_SAMPLE("social-json/bluesky_jetstream.jsonl");
  const auto got = lines("bluesky", value);
  EXPECT_EQ(got->calls(), 152U);
  EXPECT_EQ(got->rejects.size(), 0U);
  ASSERT_EQ(got->items.size(), 18U);
  size_t creates = 0;
  std::set<std::string_view> ids;
  for (const Item& item : got->items) {
    creates += item.op == model::Op::kCreate ? 1U : 0U;
    ids.insert(item.native_id);
    EXPECT_TRUE(item.native_id.starts_with("at://did:plc:")) << item.native_id;
    EXPECT_NE(item.native_id.find("/app.bsky.feed.post/"), std::string_view::npos);
    EXPECT_FALSE(item.author_id.empty());
    EXPECT_GT(item.occurred_at, 0);
    if (item.relation == Relation::kReply) {
      EXPECT_TRUE(item.in_reply_to.starts_with("at://"));
      EXPECT_TRUE(item.conversation_id.starts_with("at://"));
    }
    if (item.op == model::Op::kDelete) {
      EXPECT_EQ(item.text, "");
    }
  }
  EXPECT_EQ(creates, 17U);
  EXPECT_EQ(count(*got, Relation::kReply), 8U);
  EXPECT_EQ(ids.size(), 18U);
}

TEST(ShippedReddit, EveryPostWithItsBrandAndTime) {
  NEED_SAMPLE("reddit/posts.jsonl");
  const auto got = lines("reddit", value);
  EXPECT_EQ(got->rejects.size(), 0U);
  ASSERT_EQ(got->items.size(), 15'823U);
  std::set<std::string_view> names;
  std::map<std::string_view, size_t> brands;
  base::EventTime first = base::kTimeEnd;
  base::EventTime last = base::kTimeBegin;
  for (const Item& item : got->items) {
    names.insert(item.native_id);
    ++brands[item.brand];
    first = std::min(first, item.occurred_at);
    last = std::max(last, item.occurred_at);
    EXPECT_EQ(item.relation, Relation::kOriginal);
  }
  EXPECT_EQ(names.size(), 15'823U);
  EXPECT_EQ(brands.size(), 17U);
  EXPECT_EQ(brands["Finland"], 1'000U);
  EXPECT_EQ(brands["valve"], 484U);
  EXPECT_EQ(base::format_date(base::day_of(first)), "2009-06-11");
  EXPECT_EQ(base::format_date(base::day_of(last)), "2013-08-20");
  EXPECT_EQ(base::format_seconds(got->items[0].occurred_at), "2012-10-29T16:12:08Z");
  EXPECT_EQ(got->items[0].counters.likes, 3'694);
  EXPECT_EQ(got->items[0].counters.replies, 3'111);
}

TEST(ShippedReddit, CommentsAreReplies) {
  const auto got = parse_one(
      shipped_mapping("reddit"),
      R"({"name":"t1_c1","created_utc":1351527128,"subreddit":"lego","author":"[deleted]","body":"hi",)"
      R"("parent_id":"t3_12a4ab","link_id":"t3_12a4ab","score":-4,"edited":1351527200.0})");
  ASSERT_EQ(got->items.size(), 1U);
  EXPECT_EQ(got->items[0].relation, Relation::kReply);
  EXPECT_EQ(got->items[0].author_id, "");
  EXPECT_EQ(got->items[0].conversation_id, "t3_12a4ab");
  EXPECT_EQ(got->items[0].native_version, "1351527200.0");
  EXPECT_EQ(got->items[0].counters.likes, -4);
}

TEST(ShippedMastodon, ContentIsHtmlAndTheUriIsTheId) {
  const auto got = parse_one(
      shipped_mapping("mastodon"),
      R"({"id":"103270115826048975","created_at":"2019-12-08T03:48:33.901Z","in_reply_to_id":null,)"
      R"("spoiler_text":"","visibility":"unlisted","language":"en","uri":"https://m.example/users/G/statuses/1",)"
      R"("url":"https://m.example/@G/1","replies_count":5,"reblogs_count":6,"favourites_count":11,)"
      R"("edited_at":"2019-12-08T04:00:00.000Z","reblog":null,)"
      R"("content":"<p>&quot;I lost my <b>inheritance</b>&quot;</p><p>see <a href=\"https://e.org/long/path\">)"
      R"(<span class=\"invisible\">https://</span><span class=\"ellipsis\">e.org/lo</span>)"
      R"(<span class=\"invisible\">ng/path</span></a></p>",)"
      R"("account":{"id":"1","acct":"G","bot":true,"uri":"https://m.example/users/G","followers_count":320472}})");
  ASSERT_EQ(got->items.size(), 1U);
  const Item& item = got->items[0];
  EXPECT_EQ(item.native_id, "https://m.example/users/G/statuses/1");
  EXPECT_EQ(item.event_id, "https://m.example/users/G/statuses/1#2019-12-08T04:00:00.000Z");
  EXPECT_EQ(item.op, model::Op::kUpdate);
  EXPECT_EQ(item.text, "\"I lost my inheritance\"\n\nsee e.org/lo");
  EXPECT_EQ(item.visibility, model::Visibility::kPublic);
  EXPECT_EQ(item.author_role, model::AuthorRole::kBot);
  EXPECT_EQ(item.followers, 320'472);
  EXPECT_EQ(item.counters.likes, 11);
  EXPECT_EQ(item.relation, Relation::kOriginal);
}

TEST(ShippedDiscourse, VersionsStaffAndReplies) {
  NEED_SAMPLE("webhooks/discourse/responses_posts_get_post_response.json");
  const auto got = parse_one(shipped_mapping("discourse"), value);
  ASSERT_EQ(got->items.size(), 1U);
  const Item& item = got->items[0];
  EXPECT_EQ(item.event_id, "33:1");
  EXPECT_EQ(item.native_id, "33");
  EXPECT_EQ(item.op, model::Op::kCreate);
  EXPECT_EQ(item.author_id, "1");
  EXPECT_EQ(item.author_handle, "blake");
  EXPECT_EQ(item.author_role, model::AuthorRole::kStaff);
  EXPECT_EQ(item.relation, Relation::kReply);
  EXPECT_EQ(item.conversation_id, "topic/8");
  EXPECT_EQ(base::format_micros(item.occurred_at), "2016-10-03T13:37:16.594000Z");
  const auto wrapped = parse_one(
      shipped_mapping("discourse"),
      R"({"post":{"id":34,"username":"ann","created_at":"2016-10-03T13:37:16.594Z",)"
      R"("updated_at":"2016-10-04T13:37:16.594Z","version":2,"post_number":1,"topic_id":9,)"
      R"("cooked":"<p>Hello <img src='x'> &amp; bye</p>","staff":false}})");
  ASSERT_EQ(wrapped->items.size(), 1U);
  EXPECT_EQ(wrapped->items[0].op, model::Op::kUpdate);
  EXPECT_EQ(wrapped->items[0].text, "Hello & bye");
  EXPECT_EQ(wrapped->items[0].relation, Relation::kOriginal);
}

TEST(ShippedGithub, EveryIssueAndCommentPayloadIsTheItemItIs) {
  const std::filesystem::path folder = KAIKU_SHARED_DATA "/webhooks/github";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "the sample data (webhooks/github) is not beside the project";
  }
  std::map<std::string, size_t> issues;
  std::map<std::string, size_t> comments;
  std::map<model::Op, size_t> ops;
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".json") {
      continue;
    }
    ++files;
    const std::string kind = entry.path().parent_path().filename();
    const std::string text =
        sample("webhooks/github/" + kind + "/" + entry.path().filename().string());
    const auto issue = parse_one(shipped_mapping("github_issue"), text);
    const auto comment = parse_one(shipped_mapping("github_comment"), text);
    EXPECT_EQ(issue->rejects.size() + comment->rejects.size(), 0U) << entry.path();
    issues[kind] += issue->items.size();
    comments[kind] += comment->items.size();
    for (const Item& item : issue->items) {
      ++ops[item.op];
      EXPECT_TRUE(item.native_id.starts_with("issue/"));
      EXPECT_FALSE(item.title.empty());
      EXPECT_FALSE(item.conversation_id.empty());
    }
  }
  EXPECT_EQ(files, 273U);
  EXPECT_EQ(issues["issues"], 28U);
  EXPECT_EQ(comments["issue_comment"], 8U);
  EXPECT_EQ(issues["issue_comment"], 0U);
  EXPECT_EQ(comments["issues"], 0U);
  EXPECT_EQ(ops[model::Op::kCreate], 4U);
  EXPECT_EQ(ops[model::Op::kDelete], 2U);
}

TEST(ShippedShopify, TheOrderOfTheListHasItsAmountAndTime) {
  NEED_SAMPLE("orders/shopify/orders.json");
  const auto got = parse_one(shipped_mapping("shopify_order"), value);
  ASSERT_EQ(got->items.size(), 1U);
  const Item& item = got->items[0];
  EXPECT_EQ(item.business_id, "450789469");
  EXPECT_EQ(item.kind, model::BusinessKind::kOrder);
  EXPECT_EQ(item.amount_micros, 598'940'000);
  EXPECT_EQ(item.currency.view(), "USD");
  EXPECT_EQ(base::format_seconds(item.occurred_at), "2008-01-10T16:00:00Z");
  const auto single =
      parse_one(shipped_mapping("shopify_order"), sample("orders/shopify/order.json"));
  ASSERT_EQ(single->items.size(), 1U);
  EXPECT_EQ(single->items[0].business_id, "450789469");
  EXPECT_EQ(single->items[0].amount_micros, 409'940'000);
  EXPECT_EQ(single->items[0].touch_coupon, "TENOFF");
  EXPECT_FALSE(single->items[0].test);
}

TEST(ShippedShopify, AWebhookIsTheOrderItselfAndMayBeACancellation) {
  const auto got = parse_one(
      shipped_mapping("shopify_order"),
      R"({"id":820982911946154508,"created_at":"2021-12-31T19:00:00-05:00","updated_at":"2022-01-01T00:00:01Z",)"
      R"("cancelled_at":"2021-12-31T19:10:00-05:00","total_price":"488.00","currency":"EUR","test":true})");
  ASSERT_EQ(got->items.size(), 1U);
  EXPECT_EQ(got->items[0].business_id, "820982911946154508");
  EXPECT_EQ(got->items[0].kind, model::BusinessKind::kCancellation);
  EXPECT_EQ(got->items[0].relates_to, "820982911946154508");
  EXPECT_EQ(base::format_seconds(got->items[0].occurred_at), "2022-01-01T00:10:00Z");
  EXPECT_TRUE(got->items[0].test);
}

TEST(ShippedShopify, ARefundIsTheSumOfItsTransactions) {
  NEED_SAMPLE("orders/shopify/refund.json");
  const auto got = parse_one(shipped_mapping("shopify_refund"), value);
  ASSERT_EQ(got->items.size(), 1U);
  EXPECT_EQ(got->items[0].business_id, "179259969");
  EXPECT_EQ(got->items[0].relates_to, "450789469");
  EXPECT_EQ(got->items[0].kind, model::BusinessKind::kRefund);
  EXPECT_EQ(got->items[0].amount_micros, 209'000'000);
  EXPECT_EQ(base::format_seconds(got->items[0].occurred_at), "2016-06-20T17:35:06Z");
}

TEST(ShippedStripe, MinorUnitsAndLowerCaseCurrencies) {
  const std::string charge =
      R"({"id":"ch_1","object":"charge","amount":500,"currency":"jpy","created":1234567890,"paid":true,)"
      R"("livemode":false,"customer":null,"billing_details":{"email":"a@example.org"}})";
  const auto bare = parse_one(shipped_mapping("stripe_charge"), charge);
  ASSERT_EQ(bare->items.size(), 1U);
  EXPECT_EQ(bare->items[0].event_id, "ch_1");
  EXPECT_EQ(bare->items[0].amount_micros, 500'000'000);  // a currency without minor units
  EXPECT_EQ(bare->items[0].currency.view(), "JPY");
  EXPECT_EQ(bare->items[0].customer_key, "a@example.org");
  EXPECT_TRUE(bare->items[0].test);
  const auto event =
      parse_one(shipped_mapping("stripe_charge"),
                R"({"id":"evt_1","object":"event","data":{"object":)" + charge + "}}");
  ASSERT_EQ(event->items.size(), 1U);
  EXPECT_EQ(event->items[0].event_id, "evt_1");
  EXPECT_EQ(event->items[0].business_id, "ch_1");
  EXPECT_EQ(parse_one(shipped_mapping("stripe_refund"), charge)->ignored, 1U);
}

TEST(ShippedStripe, ChargeAndRefundOfTheFixtures) {
  NEED_SAMPLE("orders/stripe_fixtures3.json");
  for (const auto& [name, kind, field] :
       {std::tuple{"stripe_charge", model::BusinessKind::kOrder, "charge"},
        std::tuple{"stripe_refund", model::BusinessKind::kRefund, "refund"}}) {
    Mapping mapping = *shipped_mapping(name);
    mapping.items = "/resources/" + std::string(field);
    mapping.when.pop_back();
    mapping.rules[0].alternatives[0].path = "/id";
    const auto got = parse_one(std::make_shared<const Mapping>(std::move(mapping)), value);
    ASSERT_EQ(got->items.size(), 1U) << name;
    EXPECT_EQ(got->items[0].kind, kind);
    EXPECT_EQ(got->items[0].amount_micros, 1'000'000) << name;
    EXPECT_EQ(got->items[0].currency.view(), "USD");
    EXPECT_EQ(base::format_seconds(got->items[0].occurred_at), "2009-02-13T23:31:30Z");
  }
}

TEST(ShippedZendesk, TicketsAndComments) {
  const auto created = parse_one(
      shipped_mapping("zendesk_ticket_event"),
      R"({"type":"zen:event-type:ticket.created","id":"01H","time":"2025-09-03T12:56:17.123456789Z",)"
      R"("subject":"zen:ticket:35436","detail":{"id":"35436","description":"It broke","subject":"Help",)"
      R"("status":"OPEN","priority":"HIGH","requester_id":"8447388090494","via":{"channel":"web"}},"event":{}})");
  ASSERT_EQ(created->items.size(), 1U);
  EXPECT_EQ(created->items[0].type, model::ItemType::kSupportMessage);
  EXPECT_EQ(created->items[0].text, "It broke");
  EXPECT_EQ(created->items[0].status, "open");
  EXPECT_EQ(created->items[0].channel, "web");
  EXPECT_EQ(created->items[0].author_role, model::AuthorRole::kCustomer);
  EXPECT_EQ(created->items[0].visibility, model::Visibility::kPrivate);
  const auto comment = parse_one(
      shipped_mapping("zendesk_ticket_event"),
      R"({"type":"zen:event-type:ticket.comment_added","id":"01J","time":"2025-09-03T12:57:17Z",)"
      R"("detail":{"id":"35436","via":{"channel":"mail"},"requester_id":"8"},)"
      R"("event":{"comment":{"id":"9","body":"note","is_public":false,"author":{"id":"5","is_staff":true}}}})");
  ASSERT_EQ(comment->items.size(), 1U);
  EXPECT_EQ(comment->items[0].native_id, "comment/9");
  EXPECT_EQ(comment->items[0].in_reply_to, "ticket/35436");
  EXPECT_EQ(comment->items[0].visibility, model::Visibility::kInternalNote);
  EXPECT_EQ(comment->items[0].author_role, model::AuthorRole::kStaff);
  EXPECT_EQ(comment->items[0].author_id, "5");
  EXPECT_EQ(comment->items[0].channel, "email");
  EXPECT_EQ(parse_one(shipped_mapping("zendesk_ticket_event"),
                      R"({"type":"zen:event-type:ticket.status_changed","id":"01K"})")
                ->ignored,
            1U);
}

TEST(ShippedReviews, AppStoreAndGooglePlay) {
  const auto apple = parse_one(
      shipped_mapping("app_store_review"),
      R"({"data":[{"type":"customerReviews","id":"00000026","attributes":{"rating":5,"title":"Great","body":"Works",)"
      R"("reviewerNickname":"Sam","createdDate":"2017-11-15T08:10:34-08:00","territory":"USA"}}],"links":{}})");
  ASSERT_EQ(apple->items.size(), 1U);
  EXPECT_EQ(base::format_seconds(apple->items[0].occurred_at), "2017-11-15T16:10:34Z");
  EXPECT_EQ(apple->items[0].author_id, "");
  const auto google = parse_one(
      shipped_mapping("google_play_review"),
      R"({"reviews":[{"reviewId":"gp:1","authorName":"A","comments":[{"userComment":{"text":"Gut",)"
      R"("lastModified":{"seconds":"1539202764","nanos":971779000},"starRating":4,"reviewerLanguage":"de",)"
      R"("thumbsUpCount":2}}]}]})");
  ASSERT_EQ(google->items.size(), 1U);
  EXPECT_EQ(google->items[0].event_id, "gp:1@1539202764");
  EXPECT_EQ(google->items[0].occurred_at, 1'539'202'764'971'779);
  EXPECT_EQ(google->items[0].counters.likes, 2);
}

TEST(ShippedYoutube, ThreadsAndReplies) {
  const auto got = parse_one(
      shipped_mapping("youtube_comment"),
      R"({"items":[{"id":"T1","snippet":{"videoId":"v","topLevelComment":{"id":"T1","snippet":{"textOriginal":"a",)"
      R"("authorChannelId":{"value":"U1"},"authorDisplayName":"@a","likeCount":4,)"
      R"("publishedAt":"2024-05-14T09:31:07Z","updatedAt":"2024-05-14T09:31:07Z"}},"totalReplyCount":2}},)"
      R"({"id":"T1.R1","snippet":{"textDisplay":"b &amp; c","parentId":"T1","authorChannelId":{"value":"U2"},)"
      R"("likeCount":0,"publishedAt":"2024-05-14T10:00:00Z","updatedAt":"2024-05-14T11:00:00Z"}}]})");
  ASSERT_EQ(got->items.size(), 2U);
  EXPECT_EQ(got->items[0].native_id, "T1");
  EXPECT_EQ(got->items[0].counters.replies, 2);
  EXPECT_EQ(got->items[0].relation, Relation::kOriginal);
  EXPECT_EQ(got->items[1].relation, Relation::kReply);
  EXPECT_EQ(got->items[1].conversation_id, "T1");
  EXPECT_EQ(got->items[1].text, "b & c");
}

}  // namespace
}  // namespace kaiku::parse
