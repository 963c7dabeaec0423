// Records in the canonical schema: every field, and what is wrong with records that are wrong.
#include <algorithm>
#include <fstream>
#include <limits>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "kaiku/base/json_writer.h"
#include "kaiku/base/limits.h"

#include "unit/parse/collected.h"

namespace kaiku::parse {
namespace {

using model::ErrorClass;
using model::Item;
using model::kAbsent;

// A good mention with `more` behind its required fields.
std::string mention(const std::string& more = "") {
  return R"({"event_id":"e1","type":"mention","channel":"x","occurred_at":"2024-05-14T09:31:07Z")" +
         (more.empty() ? "" : "," + more) + "}";
}

std::string business(const std::string& more) {
  return R"({"event_id":"e1","type":"business_event","channel":"web","occurred_at":"2024-05-14T09:31:07Z")" +
         (more.empty() ? "" : "," + more) + "}";
}

void expect_reject(const std::string& value,
                   std::string_view code,
                   std::string_view field,
                   ErrorClass error = ErrorClass::kSchema) {
  const auto got = parse_one(canonical(), value);
  ASSERT_EQ(got->calls(), 1U) << value;
  ASSERT_EQ(got->rejects.size(), 1U) << value;
  EXPECT_EQ(got->rejects[0].code, code) << value;
  EXPECT_EQ(got->rejects[0].field, field) << value;
  EXPECT_EQ(got->rejects[0].error, error) << value;
  EXPECT_FALSE(got->rejects[0].message.empty()) << value;
}

const std::string kBugReport =
    R"({"schema_version":"1.0","event_id":"x-1050118621198921728-1","source":"x.v2/stream-1",)"
    R"("type":"bug_report","op":"create","brand_id":"scoopwise","channel":"x",)"
    R"("native_id":"1050118621198921728","native_version":"2","supersedes":"1050118621198921000",)"
    R"("occurred_at":"2024-05-14T09:31:07.000000Z","observed_at":"2024-05-14T09:31:09.120000Z",)"
    R"("classification":"public","visibility":"private",)"
    R"("author":{"id":"2244994945","handle":"@sam","followers":812,"role":"customer","x":[1]},)"
    R"("text":"The reader crashes when I open a saved story #bug","title":"Crash","lang":"en",)"
    R"("url":"https://x.com/i/1","conversation_id":"c1","in_reply_to":"p1","relation":"reply",)"
    R"("relates_to":"r1","severity":"major","status":"new","product":"reader","ticket_id":"T-1",)"
    R"("app_version":"3.4.1","campaign_id":"spring","customer_key":"crm-778",)"
    R"("sentiment":{"score":-0.75,"label":"negative","model":"m1"},)"
    R"("metrics":{"likes":3,"reposts":1,"replies":0,"quotes":2.0,"views":null,"impressions":1e3,)"
    R"("clicks":"12"}})";

TEST(Canonical, SupportFieldsArriveAndADirectionIsARole) {
  const auto got =
      parse_one(canonical(),
                R"({"event_id":"e","type":"support_message","occurred_at":"2024-05-14T09:31:07Z",)"
                R"("channel":"email","native_id":"m1","direction":"outbound","auto_reply":true,)"
                R"("accepted_answer":true,"csat":4})");
  ASSERT_EQ(got->items.size(), 1U);
  EXPECT_EQ(got->items[0].author_role, model::AuthorRole::kBrand);
  EXPECT_TRUE(got->items[0].auto_reply);
  EXPECT_TRUE(got->items[0].accepted_answer);
  EXPECT_EQ(got->items[0].csat, 4);
  for (const char* bad : {"0", "6", "4.5", "\"x\""}) {
    const auto refused = parse_one(
        canonical(),
        R"({"event_id":"e","type":"support_message","occurred_at":"2024-05-14T09:31:07Z",)"
        R"("channel":"email","native_id":"m1","csat":)" +
            std::string(bad) + "}");
    ASSERT_EQ(refused->rejects.size(), 1U) << bad;
    EXPECT_EQ(refused->rejects[0].field, "csat");
  }
}

TEST(Canonical, EveryFieldOfASocialItemArrives) {
  const auto got = parse_one(canonical(), kBugReport);
  ASSERT_EQ(got->items.size(), 1U);
  const Item& item = got->items[0];
  EXPECT_EQ(item.type, model::ItemType::kBugReport);
  EXPECT_EQ(item.op, model::Op::kCreate);
  EXPECT_EQ(item.visibility, model::Visibility::kPrivate);
  EXPECT_EQ(item.relation, model::Relation::kReply);
  EXPECT_EQ(item.author_role, model::AuthorRole::kCustomer);
  EXPECT_EQ(item.event_id, "x-1050118621198921728-1");
  EXPECT_EQ(item.source, "x.v2/stream-1");
  EXPECT_EQ(item.brand, "scoopwise");
  EXPECT_EQ(item.channel, "x");
  EXPECT_EQ(item.native_id, "1050118621198921728");
  EXPECT_EQ(item.native_version, "2");
  EXPECT_EQ(item.supersedes, "1050118621198921000");
  EXPECT_EQ(base::format_micros(item.occurred_at), "2024-05-14T09:31:07.000000Z");
  EXPECT_EQ(base::format_micros(item.observed_at), "2024-05-14T09:31:09.120000Z");
  EXPECT_EQ(item.author_id, "2244994945");
  EXPECT_EQ(item.author_handle, "@sam");
  EXPECT_EQ(item.followers, 812);
  EXPECT_EQ(item.text, "The reader crashes when I open a saved story #bug");
  EXPECT_FALSE(item.text_truncated);
  EXPECT_EQ(item.title, "Crash");
  EXPECT_EQ(item.lang, "en");
  EXPECT_EQ(item.url, "https://x.com/i/1");
  EXPECT_EQ(item.conversation_id, "c1");
  EXPECT_EQ(item.in_reply_to, "p1");
  EXPECT_EQ(item.relates_to, "r1");
  EXPECT_EQ(item.severity, "major");
  EXPECT_EQ(item.status, "new");
  EXPECT_EQ(item.product, "reader");
  EXPECT_EQ(item.ticket_id, "T-1");
  EXPECT_EQ(item.campaign_id, "spring");
  EXPECT_EQ(item.customer_key, "crm-778");
  EXPECT_TRUE(item.has_sentiment_score);
  EXPECT_EQ(item.sentiment_score_ppm, -750'000);
  EXPECT_EQ(item.sentiment, model::Sentiment::kNegative);
  EXPECT_EQ(item.sentiment_model, "m1");
  EXPECT_EQ(item.counters.likes, 3);
  EXPECT_EQ(item.counters.reposts, 1);
  EXPECT_EQ(item.counters.replies, 0);
  EXPECT_EQ(item.counters.quotes, 2);
  EXPECT_EQ(item.counters.views, kAbsent);
  EXPECT_EQ(item.counters.impressions, 1'000);
  EXPECT_EQ(item.counters.clicks, 12);
  EXPECT_EQ(item.counters.bookmarks, kAbsent);
  EXPECT_FALSE(item.has_amount);
}

TEST(Canonical, EveryFieldOfABusinessEventArrives) {
  const auto got = parse_one(
      canonical(),
      business(
          R"("op":"update","kind":"order","business_id":1001,"amount":"409.94","currency":"usd",)"
          R"("period_start":"2024-05-01T00:00:00Z","period_end":"2024-06-01T00:00:00Z",)"
          R"("touch":{"channel":"x","campaign_id":"spring","click_id":"k","coupon":"TEN"},)"
          R"("test":true)"));
  ASSERT_EQ(got->items.size(), 1U);
  const Item& item = got->items[0];
  EXPECT_EQ(item.op, model::Op::kUpdate);
  EXPECT_EQ(item.kind, model::BusinessKind::kOrder);
  EXPECT_EQ(item.business_id, "1001");
  EXPECT_TRUE(item.has_amount);
  EXPECT_EQ(item.amount_micros, 409'940'000);
  EXPECT_EQ(item.currency.view(), "USD");
  EXPECT_EQ(base::format_seconds(item.period_start), "2024-05-01T00:00:00Z");
  EXPECT_EQ(base::format_seconds(item.period_end), "2024-06-01T00:00:00Z");
  EXPECT_EQ(item.touch_channel, "x");
  EXPECT_EQ(item.touch_campaign_id, "spring");
  EXPECT_EQ(item.touch_click_id, "k");
  EXPECT_EQ(item.touch_coupon, "TEN");
  EXPECT_TRUE(item.test);
}

TEST(Canonical, KeyOrderDoesNotMatterAndTheFirstOfEqualKeysWins) {
  const auto got = parse_one(
      canonical(),
      R"({"metrics":{"likes":1,"likes":2},"text":"b","occurred_at":"2024-05-14T09:31:07Z","text":"c",)"
      R"("channel":"x","metrics":{"views":9},"type":"mention","event_id":"e1","event_id":"e2"})");
  ASSERT_EQ(got->items.size(), 1U);
  EXPECT_EQ(got->items[0].event_id, "e1");
  EXPECT_EQ(got->items[0].text, "b");
  EXPECT_EQ(got->items[0].counters.likes, 1);
  EXPECT_EQ(got->items[0].counters.views, kAbsent);
}

TEST(Canonical, KeysMayBeEscaped) {
  const auto got = parse_one(
      canonical(),
      R"({"\u0065vent_id":"e1","t\u0079pe":"mention","chann\u0065l":"x","occurred_\u0061t":)"
      R"("2024-05-14T09:31:07Z","metrics":{"like\u0073":4},"zz\n":1})");
  ASSERT_EQ(got->items.size(), 1U);
  EXPECT_EQ(got->items[0].counters.likes, 4);
}

TEST(Canonical, RequiredFieldsAreRequired) {
  const std::pair<std::string, std::string> fields[] = {
      {"event_id", R"("e1")"},
      {"type", R"("mention")"},
      {"channel", R"("x")"},
      {"occurred_at", R"("2024-05-14T09:31:07Z")"}};
  for (const auto& [missing, unused] : fields) {
    for (const char* instead : {"", "null", R"("")"}) {
      std::string value = R"({"text":"t")";
      for (const auto& [name, text] : fields) {
        const std::string shown = name == missing ? instead : text;
        value += shown.empty() ? "" : ",\"" + name + "\":" + shown;
      }
      expect_reject(value + "}", "missing_field", missing);
    }
  }
  // The Kafka time is no substitute where the schema has a time.
  Collected got;
  Parser(canonical()).parse(R"({"event_id":"e","type":"mention","channel":"x"})", 5, got);
  EXPECT_EQ(got.rejects.size(), 1U);
}

TEST(Canonical, OptionalFieldsMayBeNullOrEmpty) {
  const auto got = parse_one(
      canonical(),
      mention(R"("native_id":null,"brand_id":"","author":null,"metrics":null,"op":null)"));
  ASSERT_EQ(got->items.size(), 1U);
  EXPECT_EQ(got->items[0].native_id, "");
  EXPECT_EQ(got->items[0].brand, "");
  EXPECT_EQ(got->items[0].followers, kAbsent);
}

TEST(Canonical, IdsAreTakenDigitByDigit) {
  const auto got =
      parse_one(canonical(),
                mention(R"("native_id":505874924095815681,"conversation_id":18446744073709551617,)"
                        R"("in_reply_to":-0.10,"relates_to":1E400)"));
  ASSERT_EQ(got->items.size(), 1U);
  EXPECT_EQ(got->items[0].native_id, "505874924095815681");
  EXPECT_EQ(got->items[0].conversation_id, "18446744073709551617");
  EXPECT_EQ(got->items[0].in_reply_to, "-0.10");
  EXPECT_EQ(got->items[0].relates_to, "1E400");
}

TEST(Canonical, WrongTypesNameTheField) {
  expect_reject(mention(R"("native_id":true)"), "wrong_type", "native_id");
  expect_reject(mention(R"("native_id":["1"])"), "wrong_type", "native_id");
  expect_reject(mention(R"("text":{"a":1})"), "wrong_type", "text");
  expect_reject(mention(R"("author":{"id":{}})"), "wrong_type", "author.id");
  expect_reject(mention(R"("metrics":{"likes":true})"), "wrong_type", "metrics.likes");
  expect_reject(mention(R"("observed_at":{})"), "wrong_type", "observed_at");
  expect_reject(mention(R"("test":1)"), "wrong_type", "test");
  expect_reject(mention(R"("test":"yes")"), "unknown_value", "test");
}

TEST(Canonical, AParentThatIsNoObjectHasNoFields) {
  const auto got = parse_one(canonical(), mention(R"("author":"sam","metrics":[1,2])"));
  ASSERT_EQ(got->items.size(), 1U);
  EXPECT_EQ(got->items[0].author_id, "");
}

TEST(Canonical, UnknownNamesAreRejects) {
  expect_reject(mention(R"("op":"upsert")"), "unknown_value", "op");
  expect_reject(mention(R"("relation":"retweet")"), "unknown_value", "relation");
  expect_reject(mention(R"("visibility":"Public")"), "unknown_value", "visibility");
  expect_reject(mention(R"("author":{"role":"admin"})"), "unknown_value", "author.role");
  expect_reject(mention(R"("sentiment":{"label":"good"})"), "unknown_value", "sentiment.label");
  expect_reject(R"({"event_id":"e","type":"tweet"})", "unknown_value", "type");
}

TEST(Canonical, CountersAreWholeNumbersOf64Bits) {
  const auto got =
      parse_one(canonical(),
                mention(R"("metrics":{"likes":9007199254740993,"replies":9223372036854775807,)"
                        R"("reposts":-3,"quotes":3.0,"views":0e9})"));
  ASSERT_EQ(got->items.size(), 1U);
  EXPECT_EQ(got->items[0].counters.likes, 9'007'199'254'740'993);
  EXPECT_EQ(got->items[0].counters.replies, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(got->items[0].counters.reposts, -3);
  EXPECT_EQ(got->items[0].counters.quotes, 3);
  EXPECT_EQ(got->items[0].counters.views, 0);
  for (const char* bad :
       {"3.5", "1e999", "9223372036854775808", "-9223372036854775808", R"("many")"}) {
    expect_reject(
        mention("\"metrics\":{\"likes\":" + std::string(bad) + "}"), "bad_number", "metrics.likes");
  }
}

TEST(Canonical, SentimentScoresAreExactToAMillionth) {
  const std::pair<const char*, int32_t> good[] = {{"1", 1'000'000},
                                                  {"-1", -1'000'000},
                                                  {"1.0", 1'000'000},
                                                  {"0", 0},
                                                  {"-0.0", 0},
                                                  {"0.1", 100'000},
                                                  {"1e-6", 1},
                                                  {"-1E-6", -1},
                                                  {"0.123456789", 123'456},
                                                  {"1e-400", 0},
                                                  {R"("0.5")", 500'000}};
  for (const auto& [text, ppm] : good) {
    const auto got =
        parse_one(canonical(), mention("\"sentiment\":{\"score\":" + std::string(text) + "}"));
    ASSERT_EQ(got->items.size(), 1U) << text;
    EXPECT_TRUE(got->items[0].has_sentiment_score);
    EXPECT_EQ(got->items[0].sentiment_score_ppm, ppm) << text;
  }
  for (const char* bad : {"1.1", "-1.000001", "1.0000001", "2", "1e3", R"("good")"}) {
    expect_reject(mention("\"sentiment\":{\"score\":" + std::string(bad) + "}"),
                  "bad_number",
                  "sentiment.score");
  }
}

TEST(Canonical, ATimeThatIsANumberSaysItsUnit) {
  expect_reject(R"({"event_id":"e","type":"mention","channel":"x","occurred_at":1539202764})",
                "time_unit",
                "occurred_at");
  expect_reject(R"({"event_id":"e","type":"mention","channel":"x","occurred_at":"1539202764"})",
                "time_unit",
                "occurred_at");
  expect_reject(R"({"event_id":"e","type":"mention","channel":"x","occurred_at":"yesterday"})",
                "bad_time",
                "occurred_at");
  expect_reject(mention(R"("observed_at":"0000-01-01T00:00:00Z")"), "bad_time", "observed_at");
}

TEST(Canonical, LongValuesAreRejectedOrCut) {
  const auto quoted = [](size_t size) { return '"' + std::string(size, 'a') + '"'; };
  expect_reject(
      mention("\"native_id\":" + quoted(base::limits::kIdBytes + 1)), "too_long", "native_id");
  expect_reject(
      mention("\"brand_id\":" + quoted(base::limits::kNameBytes + 1)), "too_long", "brand_id");
  EXPECT_EQ(parse_one(canonical(), mention("\"native_id\":" + quoted(base::limits::kIdBytes)))
                ->items.size(),
            1U);
  expect_reject(R"({"event_id":)" + quoted(129) + R"(,"type":"mention"})", "too_long", "event_id");
  const auto exact =
      parse_one(canonical(), mention("\"text\":" + quoted(base::limits::kTextBytes)));
  EXPECT_FALSE(exact->items.at(0).text_truncated);
  std::string euros;
  for (size_t i = 0; i < 6'000; ++i) {
    euros += "€";
  }
  const auto cut = parse_one(canonical(), mention("\"text\":\"" + euros + "\""));
  ASSERT_EQ(cut->items.size(), 1U);
  EXPECT_TRUE(cut->items[0].text_truncated);
  EXPECT_EQ(cut->items[0].text, euros.substr(0, base::limits::kTextBytes / 3 * 3));
  EXPECT_TRUE(parse_one(canonical(), mention(R"("text":"a","text_truncated":true)"))
                  ->items.at(0)
                  .text_truncated);
}

TEST(Canonical, AnItemOf64KibibytesIsTheLargest) {
  const std::string good = mention();
  const std::string filler(base::limits::kItemBytes - good.size() - 8, 'z');
  std::string value = mention("\"zz\":\"" + filler + "\"");
  ASSERT_EQ(value.size(), base::limits::kItemBytes);
  EXPECT_EQ(parse_one(canonical(), value)->items.size(), 1U);
  expect_reject(mention("\"zz\":\"z" + filler + "\""), "item_size", "", ErrorClass::kTooLarge);
}

TEST(Canonical, APeriodOfSpendIsBounded) {
  const auto spend = [](const std::string& from, const std::string& to) {
    return business(R"("kind":"ad_spend","business_id":"1","amount":"1","currency":"EUR",)"
                    R"("period_start":")" +
                    from + R"(","period_end":")" + to + "\"");
  };
  const std::string day = "2024-05-01T00:00:00Z";
  const auto got = parse_one(canonical(), spend(day, "2025-06-05T00:00:00Z"));  // 400 days
  ASSERT_EQ(got->items.size(), 1U);
  EXPECT_TRUE(got->items[0].period().is_known());
  expect_reject(spend(day, "2025-06-05T00:00:01Z"), "bad_period", "period_end");
  expect_reject(spend(day, day), "bad_period", "period_end");
  expect_reject(spend("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"), "bad_period", "period_end");
  expect_reject(spend("2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z"), "bad_period", "period_end");
}

TEST(Canonical, MoneyIsGivenInOneWay) {
  const std::string order = R"("kind":"order","business_id":"1","currency":)";
  const std::tuple<const char*, const char*, int64_t> good[] = {
      {R"("EUR","amount":"1.5")", "EUR", 1'500'000},
      {R"("EUR","amount":1.5)", "EUR", 1'500'000},
      {R"("EUR","amount":-409.94)", "EUR", -409'940'000},
      {R"("jpy","amount_minor":500)", "JPY", 500'000'000},
      {R"("EUR","amount_minor":"1999")", "EUR", 19'990'000},
      {R"("KWD","amount_minor":1234)", "KWD", 1'234'000},
      {R"("EUR","amount_micros":1)", "EUR", 1},
      {R"("EUR","amount":"0.005")", "EUR", 5'000},
      {R"("JPY","amount":"0.5")", "JPY", 500'000},
      {R"("EUR","amount":"2.550000000")", "EUR", 2'550'000}};
  for (const auto& [text, currency, micros] : good) {
    const auto got = parse_one(canonical(), business(order + text));
    ASSERT_EQ(got->items.size(), 1U) << text;
    EXPECT_EQ(got->items[0].amount_micros, micros) << text;
    EXPECT_EQ(got->items[0].currency.view(), currency) << text;
  }
  expect_reject(business(order + R"("EUR","amount":"1","amount_minor":100)"),
                "ambiguous_amount",
                "amount_minor");
  expect_reject(business(order + R"("EUR","amount":"1e2")"), "bad_amount", "amount");
  expect_reject(business(order + R"("EUR","amount":"1,50")"), "bad_amount", "amount");
  expect_reject(business(order + R"("EUR","amount":"0.0000001")"), "bad_amount", "amount");
  expect_reject(business(order + R"("EUR","amount":"1000000001")"), "bad_amount", "amount");
  expect_reject(business(order + R"("EUR","amount_minor":1.5)"), "bad_amount", "amount_minor");
  expect_reject(business(order + R"("EUR","amount_micros":9223372036854775807)"),
                "bad_amount",
                "amount_micros");
  expect_reject(business(order + R"("EURO","amount":"1")"),
                "bad_currency",
                "currency",
                ErrorClass::kCurrency);
  expect_reject(
      business(R"("kind":"order","business_id":"1","amount":"1")"), "missing_field", "currency");
}

TEST(Canonical, BusinessEventsNameKindAndIdAndMoneyKindsTheirAmount) {
  expect_reject(business(""), "missing_field", "kind");
  expect_reject(business(R"("kind":"none","business_id":"1")"), "missing_field", "kind");
  expect_reject(business(R"("kind":"sale","business_id":"1")"), "unknown_value", "kind");
  expect_reject(business(R"("kind":"lead")"), "missing_field", "business_id");
  for (const char* kind : {"order", "refund", "ad_spend", "contact_cost"}) {
    expect_reject(business("\"business_id\":\"1\",\"kind\":\"" + std::string(kind) + "\""),
                  "missing_field",
                  "amount");
  }
  for (const char* kind : {"lead", "visit", "cancellation", "promotion", "subscription_start"}) {
    const std::string value =
        business("\"business_id\":\"1\",\"kind\":\"" + std::string(kind) + "\"");
    EXPECT_EQ(parse_one(canonical(), value)->items.size(), 1U) << kind;
  }
  const std::string removed = business(R"("op":"delete","kind":"order","business_id":"1")");
  EXPECT_EQ(parse_one(canonical(), removed)->items.size(), 1U);
}

TEST(Canonical, AnArrayHoldsOneItemAnElement) {
  const auto got = parse_one(
      canonical(), "[" + mention(R"("text":"a")") + ",{}," + mention(R"("text":"b\n")") + ", 7 ]");
  ASSERT_EQ(got->items.size(), 2U);
  EXPECT_EQ(got->items[0].text, "a");
  EXPECT_EQ(got->items[1].text, "b\n");
  ASSERT_EQ(got->rejects.size(), 2U);
  // but an array that is no JSON gives none of them
  expect_reject("[" + mention() + ",{},", "not_json", "", ErrorClass::kParse);
  expect_reject("[" + mention() + ",nul]", "not_json", "", ErrorClass::kParse);
}

TEST(Canonical, TruncatedAtAnyByteItIsNoJson) {
  for (size_t size = 0; size < kBugReport.size(); ++size) {
    const auto got = parse_one(canonical(), kBugReport.substr(0, size));
    ASSERT_EQ(got->calls(), 1U) << size;
    ASSERT_EQ(got->rejects.size(), 1U) << size;
    EXPECT_EQ(got->rejects[0].error, ErrorClass::kParse) << size;
  }
}

TEST(Canonical, AnyByteMayBeReplacedWithoutHarm) {
  Parser parser(canonical());
  for (size_t at = 0; at < kBugReport.size(); ++at) {
    for (const char byte : {'\0', '"', '\\', '{', '}', '[', ',', ':', '\x80', '9'}) {
      std::string value = kBugReport;
      value[at] = byte;
      Collected got;
      parser.parse(value, 0, got);
      ASSERT_EQ(got.calls(), 1U) << at << " " << static_cast<int>(byte);
    }
  }
}

TEST(Canonical, NaughtyStringsComeBackByteForByte) {
  std::ifstream file(KAIKU_SHARED_DATA "/parser-suites/naughty-strings/blns.txt");
  if (!file) {
    GTEST_SKIP() << "the sample data (parser-suites/naughty-strings) is not beside the project";
  }
  size_t seen = 0;
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#' || line.size() > base::limits::kNameBytes) {
      continue;
    }
    std::string value;
    base::JsonWriter(value)
        .begin_object()
        .field("event_id", line)
        .field("type", std::string_view("mention"))
        .field("channel", std::string_view("x"))
        .field("occurred_at", std::string_view("2024-05-14T09:31:07Z"))
        .field("brand_id", line)
        .field("native_id", line)
        .field("text", line)
        .end_object();
    const auto got = parse_one(canonical(), value);
    ASSERT_EQ(got->items.size(), 1U) << line;
    EXPECT_EQ(got->items[0].event_id, line);
    EXPECT_EQ(got->items[0].brand, line);
    EXPECT_EQ(got->items[0].native_id, line);
    EXPECT_EQ(got->items[0].text, line);
    ++seen;
  }
  EXPECT_GT(seen, 400U);
}

TEST(Canonical, OnlyTheFieldsThePlanUsesAreRead) {
  auto mapping = std::make_shared<Mapping>(*canonical());
  mapping->fields_used = 0;
  const auto got = parse_one(mapping, kBugReport);
  ASSERT_EQ(got->items.size(), 1U);
  EXPECT_EQ(got->items[0].event_id, "x-1050118621198921728-1");
  EXPECT_EQ(got->items[0].native_id, "1050118621198921728");
  EXPECT_EQ(got->items[0].text, "");
  EXPECT_EQ(got->items[0].counters.likes, kAbsent);
}

TEST(Canonical, AnotherMajorOfTheSchemaIsNotRead) {
  for (const char* good : {"\"1.0\"", "\"1\"", "\"1.7\"", "1", "1.0", "null", "\"\""}) {
    EXPECT_EQ(
        parse_one(canonical(), mention(std::string(R"("schema_version":)") + good))->items.size(),
        1U)
        << good;
  }
  for (const char* bad : {"\"9.9\"", "\"2\"", "\"10\"", "\"v1\"", "2"}) {
    expect_reject(
        mention(std::string(R"("schema_version":)") + bad), "unknown_version", "schema_version");
  }
}

TEST(Canonical, ACurrencyIsOneOfIso4217) {
  const auto order = [](const char* currency) {
    return business(R"("kind":"order","business_id":"o1","amount":"1","currency":")" +
                    std::string(currency) + "\"");
  };
  EXPECT_EQ(parse_one(canonical(), order("sek"))->items.size(), 1U);
  for (const char* unknown : {"ZZZ", "XTS", "BTC"}) {
    expect_reject(order(unknown), "bad_currency", "currency", ErrorClass::kCurrency);
  }
}

TEST(Canonical, TheFieldNamesAreThoseOfTheSchema) {
  const auto& names = canonical_fields();
  EXPECT_LE(names.size(), 64U);
  EXPECT_EQ(names.front(), "event_id");
  for (const char* name :
       {"brand_id", "author.role", "sentiment.score", "metrics.bookmarks", "touch.coupon"}) {
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  }
}

}  // namespace
}  // namespace kaiku::parse
