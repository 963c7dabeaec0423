// What a mapping can say, and what is wrong with one.
#include "kaiku/parse/mapping.h"

#include <string>

#include <gtest/gtest.h>

#include "kaiku/base/limits.h"

#include "parse/shipped.h"
#include "unit/parse/collected.h"

namespace kaiku::parse {
namespace {

using model::ErrorClass;

Extract of_kind(Extract::Kind kind, std::string_view pointer) {
  Extract extract = path(pointer);
  extract.kind = kind;
  return extract;
}

// A mention with its id at /id, and the given rules besides.
Mapping base_mapping(Fields fields) {
  Mapping mapping = recipe("test", fields);
  for (const auto& [field, text] :
       {std::pair<const char*, const char*>{"type", "mention"}, {"channel", "forum"}}) {
    bool given = false;
    for (const FieldRule& rule : mapping.rules) {
      given = given || rule.field == field;
    }
    if (!given) {
      mapping.rules.push_back({field, {constant(text)}});
    }
  }
  mapping.rules.push_back({"event_id", {path("/id")}});
  return mapping;
}

std::unique_ptr<Collected> run(Mapping mapping,
                               std::string_view value,
                               base::EventTime kafka_time = 7) {
  const base::Status status = check(mapping);
  EXPECT_TRUE(status.is_ok()) << status.message();
  return parse_one(std::make_shared<const Mapping>(std::move(mapping)), value, kafka_time);
}

std::string text_of(Mapping mapping, std::string_view value) {
  const auto got = run(std::move(mapping), value);
  return got->items.size() == 1 ? std::string(got->items[0].text) : "no item";
}

TEST(Mapping, TheFirstAlternativeWithAValueWins) {
  const auto mapping = [] {
    return base_mapping({{"text", {path("/a"), path("/b/c"), constant("none")}}});
  };
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"a":"A","b":{"c":"C"}})"), "A");
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"b":{"c":"C"},"a":null})"), "C");
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"a":"","b":{"c":"C"}})"), "C");
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"b":"C"})"), "none");
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"a":17})"), "17");
}

TEST(Mapping, PathsAreJsonPointers) {
  EXPECT_EQ(text_of(base_mapping({{"text", {path("/a~1b/~0")}}}), R"({"id":1,"a/b":{"~":"x"}})"),
            "x");
  EXPECT_EQ(text_of(base_mapping({{"text", {path("/")}}}), R"({"id":1,"":"x"})"), "x");
  EXPECT_EQ(
      text_of(base_mapping({{"text", {path("/a/1/b")}}}), R"({"id":1,"a":[{"b":"0"},{"b":"1"}]})"),
      "1");
  EXPECT_EQ(text_of(base_mapping({{"text", {path("/a/1")}}}), R"({"id":1,"a":{"1":"key"}})"),
            "key");
  EXPECT_EQ(text_of(base_mapping({{"text", {path("/a/01"), constant("-")}}}),
                    R"({"id":1,"a":["0","1"]})"),
            "-");
  EXPECT_EQ(
      text_of(base_mapping({{"text", {path("/a/2"), constant("-")}}}), R"({"id":1,"a":["0","1"]})"),
      "-");
  EXPECT_EQ(text_of(base_mapping({{"text", {path("/a/0/0")}}}), R"({"id":1,"a":[["x"]]})"), "x");
  EXPECT_EQ(
      text_of(base_mapping({{"text", {path("/a"), path("/a/b")}}}), R"({"id":1,"a":{"b":"x"}})"),
      "no item");
}

TEST(Mapping, NamesThatLookAlikeAreToldApart) {
  // 8, 16 and more bytes, equal at the front, at the end, and in the middle.
  Fields fields = {{"text", {path("/in_reply_to_status_id_str")}},
                   {"title", {path("/in_reply_to_message_id_str")}},
                   {"lang", {path("/created_")}},
                   {"url", {path("/created_at_local")}},
                   {"product", {path("/created_at_loca1")}}};
  const auto got =
      run(base_mapping(fields),
          R"({"id":1,"created_at_loca1":"p","created_at_local":"u","created_at_locally":"no",)"
          R"("created_":"l","created":"no","in_reply_to_user_xx_id_str":"no",)"
          R"("in_reply_to_message_id_str":"ti","in_reply_to_status_id_str":"te"})");
  ASSERT_EQ(got->items.size(), 1U);
  EXPECT_EQ(got->items[0].text, "te");
  EXPECT_EQ(got->items[0].title, "ti");
  EXPECT_EQ(got->items[0].lang, "l");
  EXPECT_EQ(got->items[0].url, "u");
  EXPECT_EQ(got->items[0].product, "p");
}

TEST(Mapping, MapsReplaceTextsNumbersAndFlags) {
  const auto mapping = [] {
    return base_mapping(
        {{"text", {mapped("/s", {{"1", "one"}, {"true", "yes"}, {"gone", ""}}), constant("-")}}});
  };
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"s":1})"), "one");
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"s":"1"})"), "one");
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"s":true})"), "yes");
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"s":"other"})"), "other");
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"s":"gone"})"), "-");
  EXPECT_EQ(text_of(mapping(), R"({"id":1})"), "-");
}

TEST(Mapping, AFallbackStandsForAllElseAndForNothing) {
  const auto mapping = [] { return base_mapping({{"text", {mapped("/s", {{"a", "A"}}, "F")}}}); };
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"s":"a"})"), "A");
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"s":"b"})"), "F");
  EXPECT_EQ(text_of(mapping(), R"({"id":1})"), "F");
  const auto plain = [] { return base_mapping({{"text", {mapped("/s", {}, "F")}}}); };
  EXPECT_EQ(text_of(plain(), R"({"id":1,"s":"b"})"), "b");
  EXPECT_EQ(text_of(plain(), R"({"id":1,"s":null})"), "F");
}

TEST(Mapping, ExistsAndPrefixChoose) {
  const auto exists_mapping = [] {
    return base_mapping({{"relation", {exists("/shared", "repost", "original")}}});
  };
  const auto relation = [&](std::string_view value) {
    return run(exists_mapping(), value)->items.at(0).relation;
  };
  EXPECT_EQ(relation(R"({"id":1,"shared":{"x":1}})"), model::Relation::kRepost);
  EXPECT_EQ(relation(R"({"id":1,"shared":false})"), model::Relation::kRepost);
  EXPECT_EQ(relation(R"({"id":1,"shared":null})"), model::Relation::kOriginal);
  EXPECT_EQ(relation(R"({"id":1})"), model::Relation::kOriginal);

  Extract prefix = of_kind(Extract::Kind::kPrefix, "/invoice");
  prefix.prefix = "C";
  prefix.then_value = "refund";
  prefix.else_value = "order";
  const auto kinds = [&] {
    return base_mapping({{"type", {constant("business_event")}},
                         {"kind", {prefix}},
                         {"business_id", {path("/invoice")}},
                         {"amount", {path("/sum")}},
                         {"currency", {constant("GBP")}}});
  };
  const auto refund = run(kinds(), R"({"id":1,"invoice":"C536379","sum":"-27.50"})");
  EXPECT_EQ(refund->items.at(0).kind, model::BusinessKind::kRefund);
  EXPECT_EQ(refund->items.at(0).amount_micros, -27'500'000);  // the sign stays
  EXPECT_EQ(run(kinds(), R"({"id":1,"invoice":536365,"sum":"1"})")->items.at(0).kind,
            model::BusinessKind::kOrder);
  EXPECT_EQ(run(kinds(), R"({"id":1,"sum":"1"})")->rejects.at(0).field, "kind");
}

TEST(Mapping, ProductsAreExact) {
  Extract product = of_kind(Extract::Kind::kMultiply, "/qty");
  product.second_path = "/price";
  const auto mapping = [&] {
    return base_mapping({{"amount", {product}}, {"currency", {constant("GBP")}}});
  };
  EXPECT_EQ(run(mapping(), R"({"id":1,"qty":6,"price":2.55})")->items.at(0).amount_micros,
            15'300'000);
  EXPECT_EQ(run(mapping(), R"({"id":1,"qty":"-3","price":"0.1"})")->items.at(0).amount_micros,
            -300'000);
  EXPECT_FALSE(run(mapping(), R"({"id":1,"qty":6})")->items.at(0).has_amount);
  EXPECT_EQ(run(mapping(), R"({"id":1,"qty":"x","price":1})")->rejects.at(0).code, "bad_amount");
}

TEST(Mapping, JoinedTextNeedsAllItsParts) {
  const auto mapping = [] {
    return base_mapping({{"native_id", {joined({"at://", "/did", "/", "/key"}), path("/id")}}});
  };
  EXPECT_EQ(run(mapping(), R"({"id":1,"did":"d:1","key":7})")->items.at(0).native_id, "at://d:1/7");
  EXPECT_EQ(run(mapping(), R"({"id":1,"did":"d:1"})")->items.at(0).native_id, "1");
  EXPECT_EQ(run(mapping(), R"({"id":1,"did":"d\u00e4","key":"k"})")->items.at(0).native_id,
            "at://dä/k");
  EXPECT_EQ(run(mapping(), R"({"id":1,"did":{},"key":"k"})")->rejects.at(0).code, "wrong_type");
}

TEST(Mapping, ConditionsDecideWhatIsAnItem) {
  const auto mapping = [] {
    Mapping made = base_mapping({{"text", {path("/t")}}});
    made.when = {is("/kind", {"post", "1"}), is_not(is_there("/deleted"))};
    return made;
  };
  EXPECT_EQ(run(mapping(), R"({"id":1,"kind":"post"})")->items.size(), 1U);
  EXPECT_EQ(run(mapping(), R"({"id":1,"kind":1,"deleted":null})")->items.size(), 1U);
  EXPECT_EQ(run(mapping(), R"({"id":1,"kind":"p\u006fst"})")->items.size(), 1U);
  EXPECT_EQ(run(mapping(), R"({"id":1,"kind":"like"})")->ignored, 1U);
  EXPECT_EQ(run(mapping(), R"({"id":1})")->ignored, 1U);
  EXPECT_EQ(run(mapping(), R"({"id":1,"kind":"post","deleted":true})")->ignored, 1U);
  // What is ignored may lack everything, but it is JSON.
  EXPECT_EQ(run(mapping(), R"({"kind":"like","t":})")->rejects.at(0).code, "not_json");
}

TEST(Mapping, AnAlternativeMayHaveConditionsOfItsOwn) {
  const auto mapping = [] {
    return base_mapping({{"text",
                          {only_if(path("/a"), is("/k", {"x"})),
                           only_if(constant("y"), is_there("/y")),
                           path("/b")}}});
  };
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"a":"A","b":"B","k":"x"})"), "A");
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"a":"A","b":"B","k":"z"})"), "B");
  EXPECT_EQ(text_of(mapping(), R"({"id":1,"a":"A","b":"B","y":0})"), "y");
}

Mapping with_items() {
  Mapping mapping =
      base_mapping({{"text", {path("/t"), path("//meta/t")}},
                    {"observed_at", {time("//meta/sent", TimeFormat::kUnixSeconds)}}});
  mapping.items = "/data/posts";
  return mapping;
}

TEST(Mapping, ItemsAreReadFromTheirArrayAndMayReadTheRecord) {
  const auto got =
      run(with_items(),
          R"({"data":{"posts":[{"id":1,"t":"a"},{"id":2}],"x":[]},"meta":{"t":"m","sent":1.5}})");
  ASSERT_EQ(got->items.size(), 2U);
  EXPECT_EQ(got->items[0].text, "a");
  EXPECT_EQ(got->items[1].text, "m");
  EXPECT_EQ(got->items[0].observed_at, 1'500'000);
  EXPECT_EQ(got->items[1].observed_at, 1'500'000);
}

TEST(Mapping, AnEmptyArrayIsIgnoredAMissingOneIsAReject) {
  EXPECT_EQ(run(with_items(), R"({"data":{"posts":[]}})")->ignored, 1U);
  for (const char* value :
       {"{}", R"({"data":null})", R"({"data":{"posts":null}})", R"({"data":[1]})", "[]"}) {
    const auto got = run(with_items(), value);
    ASSERT_EQ(got->calls(), 1U) << value;
    EXPECT_EQ(got->rejects.at(0).code, "missing_items") << value;
    EXPECT_EQ(got->rejects.at(0).field, "/data/posts") << value;
  }
  EXPECT_EQ(run(with_items(), R"({"data":{"posts":3}})")->rejects.at(0).code, "wrong_type");
}

TEST(Mapping, AnObjectAtItemsIsOneItem) {
  EXPECT_EQ(run(with_items(), R"({"data":{"posts":{"id":1}}})")->items.size(), 1U);
}

TEST(Mapping, ItemsMayStandAtOneOfSeveralPlacesOrBeTheRecord) {
  const auto mapping = [] {
    Mapping made = base_mapping({{"text", {path("/t")}}});
    made.items = "/many";
    made.items_alternatives = {"/one/it"};
    made.items_optional = true;
    return made;
  };
  EXPECT_EQ(run(mapping(), R"({"many":[{"id":1},{"id":2}]})")->items.size(), 2U);
  EXPECT_EQ(run(mapping(), R"({"one":{"it":{"id":1}}})")->items.size(), 1U);
  EXPECT_EQ(run(mapping(), R"({"id":5,"t":"x"})")->items.at(0).text, "x");
  EXPECT_EQ(run(mapping(), R"([{"id":5},{"id":6}])")->items.size(), 2U);
  EXPECT_EQ(run(mapping(), R"({"many":[{"id":1}],"one":{"it":{"id":2}}})")->items.size(), 1U);
  EXPECT_EQ(run(mapping(), R"({"many":[]})")->ignored, 1U);
  EXPECT_EQ(run(mapping(), R"({"t":"x"})")->rejects.at(0).code, "missing_field");
  EXPECT_EQ(run(mapping(), R"({"id":5} x)")->rejects.at(0).code, "not_json");
}

TEST(Mapping, ElementsMayBeScalars) {
  Mapping mapping = recipe(
      "ids",
      {{"event_id", {path("")}}, {"type", {constant("control")}}, {"channel", {constant("x")}}});
  mapping.items = "/ids";
  const auto got = run(std::move(mapping), R"({"ids":["a",7,null,{}]})");
  ASSERT_EQ(got->items.size(), 2U);
  EXPECT_EQ(got->items[1].event_id, "7");
  EXPECT_EQ(got->rejects.size(), 2U);
}

TEST(Mapping, OneBadElementDoesNotCostTheOthers) {
  const auto got = run(with_items(), R"({"data":{"posts":[{"id":1},{"t":"no id"},{"id":3}]}})");
  EXPECT_EQ(got->items.size(), 2U);
  ASSERT_EQ(got->rejects.size(), 1U);
  EXPECT_EQ(got->rejects[0].field, "event_id");
}

TEST(Mapping, TooManyItemsAreOneReject) {
  std::string value = R"({"data":{"posts":[)";
  for (size_t i = 0; i < base::limits::kItemsPerRecord; ++i) {
    value += R"({"id":1},)";
  }
  const std::string good = value.substr(0, value.size() - 1) + "]}}";
  EXPECT_EQ(run(with_items(), good)->items.size(), base::limits::kItemsPerRecord);
  const auto got = run(with_items(), value + R"({"id":2}]}})");
  ASSERT_EQ(got->calls(), 1U);
  EXPECT_EQ(got->rejects.at(0).code, "item_count");
  EXPECT_EQ(got->rejects.at(0).error, ErrorClass::kTooLarge);
  EXPECT_EQ(run(with_items(), value)->rejects.at(0).code, "not_json");
}

TEST(Mapping, OnlyTheLargeItemOfARecordIsRefused) {
  const std::string filler(base::limits::kItemBytes, ' ');
  const std::string value =
      R"({"data":{"posts":[{"id":1})" + filler + R"(,{"id":2,)" + filler + R"("z":0},{"id":3}]}})";
  const auto got = run(with_items(), value);
  ASSERT_EQ(got->items.size(), 2U);
  EXPECT_EQ(got->items[1].event_id, "3");
  ASSERT_EQ(got->rejects.size(), 1U);
  EXPECT_EQ(got->rejects[0].code, "item_size");
}

TEST(Mapping, WithoutARuleTheTimeIsKafkas) {
  EXPECT_EQ(run(base_mapping({}), R"({"id":1})", 1'234)->items.at(0).occurred_at, 1'234);
  const auto got = run(base_mapping({}), R"({"id":1})", base::kNoTime);
  EXPECT_EQ(got->rejects.at(0).field, "occurred_at");
  const auto missing =
      run(base_mapping({{"occurred_at", {time("/at", TimeFormat::kUnixMillis)}}}), R"({"id":1})");
  EXPECT_EQ(missing->rejects.at(0).code, "missing_field");
}

TEST(Mapping, TimesOfAllFormats) {
  const auto at = [](TimeFormat format, const char* value, const char* zone = "") {
    Extract extract = time("/at", format);
    extract.zone = zone;
    const auto got = run(base_mapping({{"occurred_at", {extract}}}),
                         R"({"id":1,"at":)" + std::string(value) + "}");
    return got->items.empty() ? base::kNoTime : got->items[0].occurred_at;
  };
  EXPECT_EQ(at(TimeFormat::kUnixSeconds, "1351527128.0"), 1'351'527'128'000'000);
  EXPECT_EQ(at(TimeFormat::kUnixSeconds, R"("1652635099.971779")"), 1'652'635'099'971'779);
  EXPECT_EQ(at(TimeFormat::kUnixMillis, "1351527128001"), 1'351'527'128'001'000);
  EXPECT_EQ(at(TimeFormat::kSecondsNanos, R"({"seconds":"1351527128","nanos":5000})"),
            1'351'527'128'000'005);
  EXPECT_EQ(at(TimeFormat::kSecondsNanos, R"({"seconds":1351527128})"), 1'351'527'128'000'000);
  EXPECT_EQ(at(TimeFormat::kSecondsNanos, R"({"nanos":5})"), base::kNoTime);
  EXPECT_EQ(at(TimeFormat::kSecondsNanos, "1351527128"), base::kNoTime);
  EXPECT_EQ(at(TimeFormat::kLocal, R"("2010-12-01 08:26:00")", "UTC"), 1'291'191'960'000'000);
  EXPECT_EQ(at(TimeFormat::kRfc3339, "true"), base::kNoTime);
}

TEST(Mapping, HtmlBecomesText) {
  EXPECT_EQ(text_of(base_mapping({{"text", {html("/h")}}}),
                    R"({"id":1,"h":"<p>a &amp; \u003cb>b</b></p>"})"),
            "a & b");
  const std::string big(base::limits::kTextBytes + 10, 'x');
  const auto got =
      run(base_mapping({{"text", {html("/h")}}}), R"({"id":1,"h":"<p>)" + big + R"("})");
  EXPECT_TRUE(got->items.at(0).text_truncated);
  EXPECT_EQ(got->items.at(0).text.size(), base::limits::kTextBytes);
}

struct Wrong {
  const char* what;
  Mapping mapping;
};

TEST(Check, NamesTheFieldAndWhatIsWrong) {
  const auto with = [](Fields fields) { return base_mapping(fields); };
  Mapping bad_items = with({});
  bad_items.items = "data";
  Mapping inside = with({{"text", {path("//data/posts/0/t")}}});
  inside.items = "/data/posts";
  Mapping bad_when = with({});
  bad_when.when = {is("kind", {"x"})};
  Mapping twice = with({{"text", {path("/a")}}, {"text", {path("/b")}}});
  Mapping canonical_with_rules = with({});
  canonical_with_rules.canonical = true;
  Mapping alone;
  alone.name = "alone";
  alone.items_alternatives = {"/x"};
  std::string deep;
  for (int i = 0; i < 64; ++i) {
    deep += "/a";
  }
  const Wrong all[] = {
      {"no_such_field", with({{"no_such_field", {path("/a")}}})},
      {"event_id", recipe("x", {{"type", {constant("mention")}}, {"channel", {constant("x")}}})},
      {"channel", recipe("x", {{"type", {constant("mention")}}, {"event_id", {path("/a")}}})},
      {"type", recipe("x", {{"channel", {constant("x")}}, {"event_id", {path("/a")}}})},
      {"kind", with({{"type", {constant("business_event")}}})},
      {"currency", with({{"amount", {path("/a")}}})},
      {"'a'", with({{"text", {path("a")}}})},
      {"'/a~2'", with({{"text", {path("/a~2")}}})},
      {"text", with({{"text", {path(deep)}}})},
      {"text", with({{"text", {}}})},
      {"tweet", with({{"type", {constant("tweet")}}})},
      {"retweet", with({{"relation", {exists("/a", "retweet")}}})},
      {"retweet", with({{"relation", {mapped("/a", {{"x", "retweet"}})}}})},
      {"retweet", with({{"relation", {mapped("/a", {}, "retweet")}}})},
      {"maybe", with({{"test", {constant("maybe")}}})},
      {"zone", with({{"occurred_at", {time("/a", TimeFormat::kLocal)}}})},
      {"product", with({{"metrics.likes", {of_kind(Extract::Kind::kMultiply, "/a")}}})},
      {"joined", with({{"metrics.likes", {joined({"/a", "/b"})}}})},
      {"joins nothing", with({{"text", {joined({})}}})},
      {"twice", twice},
      {"items", bad_items},
      {"items", inside},
      {"when", bad_when},
      {"canonical", canonical_with_rules},
      {"items", alone},
  };
  for (const Wrong& one : all) {
    const base::Status status = check(one.mapping);
    EXPECT_FALSE(status.is_ok()) << one.what;
    EXPECT_EQ(status.exit_code(), base::Exit::kConfig) << one.what;
    EXPECT_NE(status.message().find(one.what), std::string::npos)
        << one.what << ": " << status.message();
  }
}

TEST(Check, AcceptsEveryShippedMapping) {
  const auto names = shipped_mapping_names();
  EXPECT_GE(names.size(), 15U);
  for (const std::string_view name : names) {
    const auto mapping = shipped_mapping(name);
    ASSERT_NE(mapping, nullptr) << name;
    EXPECT_EQ(mapping->name, name);
    const base::Status status = check(*mapping);
    EXPECT_TRUE(status.is_ok()) << name << ": " << status.message();
  }
  EXPECT_EQ(shipped_mapping("no such feed"), nullptr);
}

}  // namespace
}  // namespace kaiku::parse
