#include "config/mapping_reader.h"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/loading.h"

namespace kaiku::config {
namespace {

using parse::Extract;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A pipeline whose one source has this mapping, indented by six.
Loaded with_mapping(std::string_view mapping) {
  return load("version: 1\nname: a\nbrands: open\nsources:\n  s:\n    topic: t\n    mapping:\n" +
              std::string(mapping));
}

constexpr std::string_view kNeeded =
    "      event_id: /id\n      type: mention\n      channel: forum\n";

Loaded with_field(std::string_view field) {
  return with_mapping(std::string(kNeeded) + "      " + std::string(field) + "\n");
}

const parse::Mapping& mapping_of(const Loaded& loaded) {
  static const parse::Mapping nothing;
  EXPECT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  return loaded.plan == nullptr ? nothing : *loaded.plan->sources[0].mapping;
}

std::vector<Extract> rule(const Loaded& loaded, std::string_view field) {
  for (const parse::FieldRule& each : mapping_of(loaded).rules) {
    if (each.field == field) {
      return each.alternatives;
    }
  }
  ADD_FAILURE() << "no rule for " << field;
  return {Extract()};
}

TEST(MappingReader, ReadsTheExampleOfTheReference) {
  const Loaded loaded = with_mapping(R"(      type: mention
      channel: forum
      event_id: /id
      occurred_at: {path: /created_at, format: rfc3339}
      text: [/full_text, /text]
      author: {id: /user/id, followers: /user/followers}
      metrics: {likes: /likes, reposts: /shares}
      relation: {exists: /shared_status, then: repost, else: original}
)");
  const parse::Mapping& mapping = mapping_of(loaded);
  EXPECT_EQ(mapping.name, "s");
  EXPECT_FALSE(mapping.canonical);
  EXPECT_EQ(rule(loaded, "type")[0].kind, Extract::Kind::kConstant);
  EXPECT_EQ(rule(loaded, "type")[0].constant, "mention");
  EXPECT_EQ(rule(loaded, "event_id")[0].kind, Extract::Kind::kPath);
  EXPECT_EQ(rule(loaded, "event_id")[0].path, "/id");
  EXPECT_EQ(rule(loaded, "occurred_at")[0].time_format, parse::TimeFormat::kRfc3339);
  ASSERT_EQ(rule(loaded, "text").size(), 2U);
  EXPECT_EQ(rule(loaded, "text")[1].path, "/text");
  EXPECT_EQ(rule(loaded, "author.followers")[0].path, "/user/followers");
  EXPECT_EQ(rule(loaded, "metrics.reposts")[0].path, "/shares");
  const Extract relation = rule(loaded, "relation")[0];
  EXPECT_EQ(relation.kind, Extract::Kind::kExists);
  EXPECT_EQ(relation.path, "/shared_status");
  EXPECT_EQ(relation.then_value, "repost");
  EXPECT_EQ(relation.else_value, "original");
}

TEST(MappingReader, ReadsEveryForm) {
  const Extract mapped =
      rule(with_field("op: {path: /a, map: {new: create, 3: update, gone: }, default: delete}"),
           "op")[0];
  EXPECT_THAT(
      mapped.map,
      ElementsAre(
          testing::Pair("new", "create"), testing::Pair("3", "update"), testing::Pair("gone", "")));
  EXPECT_EQ(mapped.fallback, "delete");
  const auto text = rule(with_field("text: {path: /t, html: true, default: none}"), "text");
  ASSERT_EQ(text.size(), 2U) << "a default without a map is the last alternative";
  EXPECT_TRUE(text[0].html);
  EXPECT_FALSE(text[0].fallback.has_value());
  EXPECT_EQ(text[1].constant, "none");
  const Extract local =
      rule(with_field("occurred_at: {path: /t, zone: Europe/London}"), "occurred_at")[0];
  EXPECT_EQ(local.time_format, parse::TimeFormat::kLocal);
  EXPECT_EQ(local.zone, "Europe/London");
  const Extract joined = rule(with_field("native_id: {join: [\"at://\", /did]}"), "native_id")[0];
  EXPECT_EQ(joined.kind, Extract::Kind::kJoin);
  ASSERT_EQ(joined.parts.size(), 2U);
  EXPECT_EQ(joined.parts[0].constant, "at://");
  EXPECT_EQ(joined.parts[1].path, "/did");
  const Extract constant = rule(with_field("url: {constant: /home}"), "url")[0];
  EXPECT_EQ(constant.kind, Extract::Kind::kConstant);
  EXPECT_EQ(constant.constant, "/home");
  const Extract record =
      rule(with_field("observed_at: {path: //meta/at, format: unix_ms}"), "observed_at")[0];
  EXPECT_EQ(record.path, "//meta/at");
  const Extract conditional =
      rule(with_field("metrics: {likes: {path: /n, when: {path: /rt, exists: false}}}"),
           "metrics.likes")[0];
  ASSERT_EQ(conditional.when.size(), 1U);
  EXPECT_TRUE(conditional.when[0].negate);
}

TEST(MappingReader, ReadsMoneyKindsAndPrefixes) {
  const Loaded loaded = with_mapping(R"(      type: business_event
      channel: web
      event_id: /line
      business_id: /line
      kind: {path: /invoice, prefix: C, then: refund, else: order}
      amount: {multiply: [/quantity, /unit_price]}
      currency: GBP
)");
  const Extract kind = rule(loaded, "kind")[0];
  EXPECT_EQ(kind.kind, Extract::Kind::kPrefix);
  EXPECT_EQ(kind.path, "/invoice");
  EXPECT_EQ(kind.prefix, "C");
  const Extract amount = rule(loaded, "amount")[0];
  EXPECT_EQ(amount.kind, Extract::Kind::kMultiply);
  EXPECT_EQ(amount.path, "/quantity");
  EXPECT_EQ(amount.second_path, "/unit_price");
}

TEST(MappingReader, ReadsItemsAndConditions) {
  const Loaded loaded =
      with_mapping(std::string("      items: [/statuses, /data]\n      items_optional: true\n") +
                   "      when:\n        - {path: /kind, in: [post, reply]}\n"
                   "        - {path: /draft, not_in: true}\n        - {path: /id}\n" +
                   std::string(kNeeded));
  const parse::Mapping& mapping = mapping_of(loaded);
  EXPECT_EQ(mapping.items, "/statuses");
  EXPECT_THAT(mapping.items_alternatives, ElementsAre("/data"));
  EXPECT_TRUE(mapping.items_optional);
  ASSERT_EQ(mapping.when.size(), 3U);
  EXPECT_THAT(mapping.when[0].values, ElementsAre("post", "reply"));
  EXPECT_FALSE(mapping.when[0].negate);
  EXPECT_THAT(mapping.when[1].values, ElementsAre("true"));
  EXPECT_TRUE(mapping.when[1].negate);
  EXPECT_THAT(mapping.when[2].values, IsEmpty());
}

TEST(MappingReader, ShippedMappingsGoByName) {
  for (const std::string_view name : parse::shipped_mapping_names()) {
    const Loaded loaded = load(
        "version: 1\nname: a\nbrands: open\nsources: {s: {topic: t, mapping: " + std::string(name) +
        "}}\n");
    EXPECT_EQ(mapping_of(loaded).name, name);
  }
  EXPECT_THAT(
      errors(load("version: 1\nname: a\nbrands: open\nsources: {s: {topic: t, mapping: x_v9}}\n")),
      ElementsAre(
          AllOf(HasSubstr("no mapping is called \"x_v9\""), HasSubstr("did you mean \"x_v"))));
  EXPECT_THAT(
      errors(
          load("version: 1\nname: a\nbrands: open\nsources: {s: {topic: t, mapping: zzzzzzzz}}\n")),
      ElementsAre(HasSubstr("shipped are: ")));
}

TEST(MappingReader, MappingFilesAreReadWithTheirOwnPlaces) {
  const std::string folder = testing::TempDir() + "kaiku_mapping_files/";
  ASSERT_EQ(std::system(("mkdir -p " + folder).c_str()), 0);
  std::ofstream(folder + "good.yaml")
      << "event_id: /id\ntype: mention\nchannel: \"${CHANNEL:-forum}\"\n";
  std::ofstream(folder + "bad.yaml") << "event_id: /id\ntype: mention\nchanel: forum\n";
  std::ofstream(folder + "list.yaml") << "[]\n";
  const auto with = [&folder](const std::string& file) {
    LoadOptions options = options_with();
    options.base_dir = folder;
    return load(
        "version: 1\nname: a\nbrands: open\nsources: {s: {topic: t, mapping: " + file + "}}\n",
        options);
  };
  EXPECT_EQ(rule(with("good.yaml"), "channel")[0].constant, "forum");
  const Loaded bad = with("bad.yaml");
  EXPECT_THAT(render(bad.diagnostics),
              AllOf(HasSubstr("bad.yaml:3:1: error[KA042]"),
                    HasSubstr("did you mean \"channel\"?"),
                    HasSubstr("    3 | chanel: forum")));
  EXPECT_THAT(errors(with("list.yaml")), ElementsAre(HasSubstr("a mapping file holds a map")));
  EXPECT_THAT(errors(with("./none.yaml")), ElementsAre(HasSubstr("No such file")));
}

TEST(MappingReader, TellsEveryWrongFieldAtItsPlace) {
  const Loaded loaded = with_mapping(R"(      event_id: /id
      type: mentoin
      channel: forum
      op: {path: /op, map: {a: created}}
      txt: /text
      author: {idd: /user/id, followers: {path: user}}
      followers: /user/followers
      when: {path: /kind, inn: [a]}
)");
  EXPECT_THAT(
      errors(loaded),
      ElementsAre("12:7: no canonical field \"txt\" (did you mean \"text\"?)",
                  "13:16: no canonical field \"author.idd\" (did you mean \"id\"?)",
                  "13:49: path has to be a JSON Pointer (write /user)",
                  "14:7: no canonical field \"followers\" (did you mean \"author.followers\"?)",
                  "15:27: unknown key \"inn\" in sources.s.mapping.when (did you mean \"in\"?)"));
}

TEST(MappingReader, WrongMeaningsAreToldAtTheField) {
  const Loaded loaded = with_mapping(R"(      event_id: /id
      type: mentoin
      channel: forum
      relation: {exists: /a, then: shared, else: original}
)");
  EXPECT_THAT(
      errors(loaded),
      ElementsAre(AllOf(HasSubstr("9:7: "), HasSubstr("'mentoin' is not one of its values")),
                  AllOf(HasSubstr("11:7: "), HasSubstr("'shared'"))));
  EXPECT_THAT(errors(with_mapping("      type: mention\n      channel: x\n")),
              ElementsAre(AllOf(HasSubstr("8:7: "), HasSubstr("event_id"))));
}

TEST(MappingReader, RefusesFormsThatCannotBe) {
  EXPECT_THAT(errors(with_field("text: {pth: /a}")),
              ElementsAre(HasSubstr("did you mean \"path\"?")));
  EXPECT_THAT(errors(with_field("text: {}")), ElementsAre(HasSubstr("needs one of path")));
  EXPECT_THAT(errors(with_field("text: []")), ElementsAre(HasSubstr("an empty list")));
  EXPECT_THAT(errors(with_field("text: [[/a]]")), ElementsAre(HasSubstr("not a list")));
  EXPECT_THAT(errors(with_field("text: \"\"")), ElementsAre(HasSubstr("an empty constant")));
  EXPECT_THAT(errors(with_field("text: ")), ElementsAre(HasSubstr("not nothing")));
  EXPECT_THAT(errors(with_field("text: {path: /a, then: b}")),
              ElementsAre(HasSubstr("\"then\" does not go with \"path\"")));
  EXPECT_THAT(errors(with_field("relation: {exists: /a}")),
              ElementsAre(HasSubstr("\"then\" is missing")));
  EXPECT_THAT(errors(with_field("amount: {multiply: [/a]}")),
              ElementsAre(HasSubstr("multiply takes two paths")));
  EXPECT_THAT(errors(with_field("native_id: {join: []}")),
              ElementsAre(HasSubstr("join takes a list")));
  EXPECT_THAT(errors(with_field("native_id: {join: [{path: /a}]}")),
              ElementsAre(HasSubstr("paths and constants only")));
  EXPECT_THAT(errors(with_field("text: {path: /a, html: yes}")),
              ElementsAre(HasSubstr("write true")));
  EXPECT_THAT(errors(with_field("op: {path: /a, map: []}")),
              ElementsAre(HasSubstr("map takes values")));
  EXPECT_THAT(errors(with_field("occurred_at: {path: /a, format: unix}")),
              ElementsAre(HasSubstr("did you mean \"unix_")));
  EXPECT_THAT(errors(with_field("occurred_at: {path: /a, format: local}")),
              ElementsAre(HasSubstr("need a zone")));
  EXPECT_THAT(errors(with_field("occurred_at: {path: /a, zone: Nowhere}")),
              ElementsAre(HasSubstr("no time zone")));
  EXPECT_THAT(errors(with_field("occurred_at: {path: /a, zone: UTC, format: unix_s}")),
              ElementsAre(HasSubstr("format: local only")));
  EXPECT_THAT(errors(with_field("metrics: /m")),
              ElementsAre(HasSubstr("metrics has fields of its own")));
  EXPECT_THAT(errors(with_field("items: statuses")),
              ElementsAre(HasSubstr("JSON Pointer to the array")));
  EXPECT_THAT(errors(with_field("when: x")), ElementsAre(HasSubstr("list of conditions")));
  EXPECT_THAT(errors(with_field("when: [{path: /a, in: [], exists: true}]")),
              ElementsAre(HasSubstr("one of in, not_in and exists")));
  EXPECT_THAT(errors(with_field("when: [{path: /a, in: []}]")),
              ElementsAre(HasSubstr("a list of values")));
  EXPECT_THAT(errors(with_field("author.id: /a\n      author: {id: /b}")),
              ElementsAre(HasSubstr("given twice")));
}

TEST(MappingReader, TextIsReadOnlyWhereBrandsAreLookedForInIt) {
  const auto reads_text = [](const std::string& more) {
    const Loaded loaded = load("version: 1\nname: a\n" + more);
    const auto& fields = parse::canonical_fields();
    const auto at =
        static_cast<size_t>(std::find(fields.begin(), fields.end(), "text") - fields.begin());
    return ((mapping_of(loaded).fields_used >> at) & 1) == 1;
  };
  EXPECT_TRUE(reads_text("sources: {s: {topic: t}}\nbrands: [{id: a}]\n"));
  EXPECT_FALSE(reads_text("sources: {s: {topic: t}}\nbrands: open\n"));
  EXPECT_FALSE(reads_text("sources: {s: {topic: t, brand: a}}\nbrands: [{id: a}]\n"));
  EXPECT_TRUE(reads_text("sources: {s: {topic: t}}\nbrands: open\nitems: {publish: true}\n"));
}

TEST(MappingReader, WhoWroteAnItemIsReadWhateverThePlanFollows) {
  const Loaded loaded = load("version: 1\nname: a\nsources: {s: {topic: t}}\nbrands: open\n");
  const auto& fields = parse::canonical_fields();
  for (const char* name : {"author.role", "visibility", "direction", "auto_reply"}) {
    const auto at =
        static_cast<size_t>(std::find(fields.begin(), fields.end(), name) - fields.begin());
    ASSERT_LT(at, fields.size());
    EXPECT_EQ((mapping_of(loaded).fields_used >> at) & 1, 1U) << name;
  }
}

TEST(MappingReader, ANumberIsAConstant) {
  EXPECT_EQ(rule(with_field("native_version: 7"), "native_version")[0].constant, "7");
}

}  // namespace
}  // namespace kaiku::config
