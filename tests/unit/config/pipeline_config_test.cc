#include "kaiku/config/pipeline_config.h"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/loading.h"

namespace kaiku::config {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST(PipelineConfig, TellsAllErrorsAtOnceByPlace) {
  const Loaded loaded = load(R"(version: 2
name: Drinks EU
shards: 010
sources:
  posts: {topic: posts.v1, polled: yes}
timee: {lateness: 10}
brands: open
windows:
  hour: {size: 1h, grace: 5m}
outputs: {aggregates: {early_every: 5}}
state: {memory: 64}
)");
  EXPECT_EQ(loaded.plan, nullptr);
  EXPECT_THAT(
      errors(loaded),
      ElementsAre(
          "1:10: version has to be 1",
          "2:7: name cannot be \"Drinks EU\" (use small letters, digits and -, at most 63, a "
          "letter or digit first)",
          "3:9: shards has to be a whole number, not \"010\" (a leading 0 means octal to some "
          "readers: write 10)",
          "5:36: sources.posts.polled has to be true or false (write true)",
          "6:1: unknown key \"timee\" (did you mean \"time\"?)",
          "9:20: unknown key \"grace\" in windows.hour (here that is windows.<name>.final_after)",
          "10:37: outputs.aggregates.early_every has to be a time with its unit, not \"5\" (a time "
          "needs a unit: 5s or 5ms?)",
          "11:17: state.memory has to be a size with its unit, not \"64\" (a size needs a unit: "
          "64MiB or 64B?)"));
}

TEST(PipelineConfig, MissingKeysAreNamedOnce) {
  EXPECT_THAT(errors(load("version: 1\n")),
              ElementsAre(HasSubstr("\"name\" is missing"),
                          HasSubstr("\"sources\" is missing"),
                          AllOf(HasSubstr("\"brands\" is missing"), HasSubstr("brands: open"))));
  EXPECT_THAT(errors(load_with("windows: {hour: {timezone: UTC}}\n")),
              ElementsAre("6:17: \"size\" is missing in windows.hour (Whole minutes.)"));
  EXPECT_THAT(errors(load_with("windows: {hour: {siez: 1h}}\n")),
              ElementsAre("6:18: unknown key \"siez\" in windows.hour (did you mean \"size\"?)"));
}

TEST(PipelineConfig, KeysInTheWrongPlaceAreShownTheRightOne) {
  EXPECT_THAT(errors(load_with("lateness: 1m\n")), ElementsAre(HasSubstr("it belongs under time")));
  EXPECT_THAT(errors(load_with("kafka: {}\n")), ElementsAre(HasSubstr("here that is log")));
  EXPECT_THAT(errors(load_with("server: {early_every: 1s}\n")),
              ElementsAre(HasSubstr("it belongs under outputs.aggregates")));
  EXPECT_THAT(errors(load_with("state: {aliases: [a]}\n")),
              ElementsAre(HasSubstr("it belongs under brands[]")));
  EXPECT_THAT(errors(load_with("zzzzzzz: 1\n")),
              ElementsAre(HasSubstr("known here: version, name")));
}

TEST(PipelineConfig, WrongKindsAreNamed) {
  EXPECT_THAT(errors(load("[]\n")),
              ElementsAre(HasSubstr("the pipeline file has to be a map, not a list")));
  EXPECT_THAT(errors(load("text\n")), ElementsAre(HasSubstr("has to be a map, not a value")));
  EXPECT_THAT(errors(load_with("time: 5m\n")),
              ElementsAre(HasSubstr("time has to be a map, not a value")));
  EXPECT_THAT(errors(load_with("time: {lateness: [1m]}\n")),
              ElementsAre(HasSubstr("time.lateness has to be a time with its unit, not a list")));
  EXPECT_THAT(errors(load_with("time: {lateness: }\n")),
              ElementsAre(HasSubstr("time.lateness has no value")));
  EXPECT_THAT(errors(load_with("description: true\n")), ElementsAre(HasSubstr("put it in quotes")));
  EXPECT_THAT(errors(load_with("channels: {x: 1}\n")),
              ElementsAre(HasSubstr("channels has to be a list")));
  EXPECT_THAT(errors(load_with("channels: [{id: x, match: twitter}]\n")),
              ElementsAre(HasSubstr("write [twitter]")));
  EXPECT_THAT(errors(load_with("items: {unmatched: kount}\n")),
              ElementsAre(HasSubstr("did you mean \"count\"?")));
}

TEST(PipelineConfig, EmptySectionsAreAsGoodAsNone) {
  EXPECT_NE(load_with("time:\nserver:\nlog: {common: }\n").plan, nullptr);
}

TEST(PipelineConfig, TextThatOnlyLooksOddIsText) {
  const Loaded loaded = load(R"(version: 1
name: "123"
sources: {posts: {topic: on}}
brands:
  - {id: yes, aliases: ["on", 7up, "@a"]}
)");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  EXPECT_EQ(loaded.plan->topics.at(0).name, "on");
  EXPECT_EQ(loaded.plan->brands->brands()[0].id, "yes");
  EXPECT_EQ(loaded.plan->brands->brands()[0].aliases[1], "7up");
}

TEST(PipelineConfig, RangesHold) {
  EXPECT_THAT(errors(load_with("shards: 0\n")), ElementsAre(HasSubstr("from 1 to 256")));
  EXPECT_THAT(errors(load_with("shards: 257\n")), ElementsAre(HasSubstr("from 1 to 256")));
  EXPECT_NE(load_with("shards: 256\n").plan, nullptr);
  EXPECT_THAT(errors(load_with("state: {memory: 1MiB}\n")),
              ElementsAre(HasSubstr("from 64MiB to 1TiB")));
  EXPECT_THAT(errors(load_with("state: {commit_every: 1ms}\n")),
              ElementsAre(HasSubstr("from 10ms to 1m")));
  EXPECT_THAT(errors(load_with("dedup: {horizon: 5m}\n")),
              ElementsAre(HasSubstr("at least 10m30s")));
}

TEST(PipelineConfig, VariablesAreFilledInAfterReading) {
  const Loaded loaded =
      load(R"(version: 1
name: "${NAME}"
shards: "${SHARDS:-3}"
sources: {posts: {topic: "${PREFIX:-}posts$$.v1"}}
brands: open
state: {dir: "${DIR:?set DIR}"}
description: "costs $5, ${INJECT}"
)",
           options_with({{"NAME", "fromenv"}, {"DIR", "/d"}, {"INJECT", "x\nshards: 9"}}));
  EXPECT_THAT(errors(loaded),
              ElementsAre(HasSubstr("topic cannot be what ${PREFIX:-}posts$$.v1 gives")));
  const Loaded good =
      load(R"(version: 1
name: "${NAME}"
shards: "${SHARDS:-3}"
sources: {posts: {topic: "${PREFIX:-}posts.v1"}}
brands: open
state: {dir: "${DIR:?set DIR}"}
description: "costs $$5, $6, ${INJECT}"
)",
           options_with({{"NAME", "fromenv"}, {"DIR", "/d"}, {"INJECT", "x\nshards: 9"}}));
  ASSERT_NE(good.plan, nullptr) << render(good.diagnostics);
  EXPECT_EQ(good.plan->name, "fromenv");
  EXPECT_EQ(good.plan->shards, 3U);
  EXPECT_EQ(good.plan->state.dir, "/d");
  EXPECT_EQ(good.description, "costs $5, $6, x\nshards: 9") << "a value never becomes structure";
}

TEST(PipelineConfig, MissingVariablesAreErrorsAtTheirPlace) {
  EXPECT_THAT(
      errors(load_with("shards: ${N}\n")),
      ElementsAre("6:9: the environment variable N is not set (set it, or write ${N:-default})"));
  EXPECT_THAT(errors(load_with("state: {dir: \"${D:?point it at a disk}\"}\n")),
              ElementsAre(HasSubstr("D is not set: point it at a disk")));
  for (const char* value : {"${", "${}", "${1A}", "${A-b}", "${A B}", "${A:=b}"}) {
    EXPECT_THAT(codes(load_with("description: \"" + std::string(value) + "\"\n")),
                ElementsAre("KA021"))
        << value;
  }
  EXPECT_THAT(codes(load_with("${KEY}: 1\n")), ElementsAre("KA021", "KA014"));
}

TEST(PipelineConfig, ValuesFromOutsideAreNeverShown) {
  const Loaded loaded = load_with(
      "shards: ${SECRET}\nserver: {listen: \"${SECRET}\"}\nlog: {common: {bootstrap.servers: a, "
      "security.protocol: \"${SECRET}\"}, kind: kafka}\n",
      options_with({{"SECRET", "hunter2"}}));
  EXPECT_EQ(codes(loaded).size(), 3U);
  EXPECT_THAT(render(loaded.diagnostics), testing::Not(HasSubstr("hunter2")));
  EXPECT_THAT(render_json(loaded.diagnostics), testing::Not(HasSubstr("hunter2")));
}

TEST(PipelineConfig, FilesAreReadBesideThePipeline) {
  const std::string folder = testing::TempDir() + "kaiku_config_files/";
  ASSERT_EQ(std::system(("mkdir -p " + folder).c_str()), 0);
  std::ofstream(folder + "secret") << "s3cret\n";
  std::ofstream(folder + "key") << "000102030405060708090a0b0c0d0e0f\n";
  std::ofstream(folder + "key64") << "AAECAwQFBgcICQoLDA0ODw==";
  std::ofstream(folder + "short") << "0001";
  std::ofstream(folder + "rates.csv") << "currency,date,rate\nUSD,2026-01-02,0.92\n";
  std::ofstream(folder + "bad.csv") << "currency,date\n";
  std::ofstream(folder + "p.yaml")
      << kMinimal
      << "key_file: key\nbusiness: {rates: rates.csv}\n"
         "log: {kind: kafka, common: {bootstrap.servers: a, sasl.password: \"${file:secret}\"}}\n";
  const Loaded loaded = load_pipeline(folder + "p.yaml", options_with());
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  EXPECT_THAT(loaded.diagnostics, IsEmpty());
  EXPECT_FALSE(loaded.plan->key_is_derived);
  EXPECT_THAT(loaded.plan->kafka.common, Contains(Pair("sasl.password", "s3cret")));
  EXPECT_NE(loaded.plan->board->rates->version(), "none");
  LoadOptions options = options_with();
  options.base_dir = folder;
  const Loaded base64 = load_with("key_file: key64\n", options);
  ASSERT_NE(base64.plan, nullptr);
  EXPECT_EQ(base64.plan->key.fingerprint(), loaded.plan->key.fingerprint()) << "the same bytes";
  EXPECT_THAT(errors(load_with("key_file: short\n", options)),
              ElementsAre(HasSubstr("16 bytes as 32 hex digits")));
  EXPECT_THAT(errors(load_with("key_file: nowhere\n", options)),
              ElementsAre(HasSubstr("No such file")));
  EXPECT_THAT(errors(load_with("key_file: .\n", options)),
              ElementsAre(HasSubstr("it is a folder")));
  EXPECT_THAT(errors(load_with("business: {rates: bad.csv}\n", options)),
              ElementsAre(HasSubstr("bad.csv")));
  EXPECT_THAT(errors(load_with("description: \"${file:nowhere}\"\n", options)),
              ElementsAre(HasSubstr("No such file")));
  EXPECT_THAT(errors(load_pipeline(folder + "none.yaml", options_with())),
              ElementsAre(HasSubstr("No such file")));
}

TEST(PipelineConfig, OverridesChangeTheTreeBeforeItIsChecked) {
  LoadOptions options = options_with();
  options.overrides = {"time.lateness=1m",
                       "sources.posts.topic=other",
                       "log.kind=kafka",
                       "log.common.bootstrap.servers=h:1",
                       "windows.hour.size=1h",
                       "brands=[{id: a, aliases: [b]}]",
                       "brands.0.id=c",
                       "server.listen=0.0.0.0:9"};
  const Loaded loaded = load(kMinimal, options);
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  EXPECT_EQ(loaded.plan->time.lateness_us, base::kMinute);
  EXPECT_EQ(loaded.plan->topics.at(0).name, "other");
  EXPECT_FALSE(loaded.plan->is_local);
  EXPECT_THAT(loaded.plan->kafka.common, ElementsAre(Pair("bootstrap.servers", "h:1")));
  EXPECT_EQ(loaded.plan->board->windows.size(), 1U);
  EXPECT_EQ(loaded.plan->brands->brands()[0].id, "c");
  EXPECT_EQ(loaded.plan->listen, "0.0.0.0:9");
}

TEST(PipelineConfig, WrongOverridesNameTheOption) {
  const auto with = [](std::string text) {
    LoadOptions options = options_with();
    options.overrides = {std::move(text)};
    return load(kMinimal, options);
  };
  const Loaded misspelt = with("time.latenes=1m");
  ASSERT_EQ(codes(misspelt), std::vector<std::string>{"KA014"});
  EXPECT_THAT(render(misspelt.diagnostics),
              AllOf(HasSubstr("--set time.latenes:1:1: error[KA014]"),
                    HasSubstr("did you mean \"lateness\"?")));
  EXPECT_THAT(errors(with("time.lateness=10")), ElementsAre(HasSubstr("10s or 10ms?")));
  EXPECT_THAT(errors(with("no equals")), ElementsAre(HasSubstr("KEY=VALUE")));
  EXPECT_THAT(errors(with("=1")), ElementsAre(HasSubstr("KEY=VALUE")));
  EXPECT_THAT(errors(with("a..b=1")), ElementsAre(HasSubstr("an empty key")));
  EXPECT_THAT(errors(with("brands=[{id: a}")), ElementsAre(HasSubstr("never closed")));
  EXPECT_THAT(errors(with("state.dir=")), ElementsAre(HasSubstr("state.dir is empty")));
  std::string deep = "a";
  for (int i = 0; i < 100; ++i) {
    deep += ".a";
  }
  EXPECT_THAT(errors(with(deep + "=1")), ElementsAre(HasSubstr("no setting lies so deep")));
}

TEST(PipelineConfig, ReplayNeedsNoBroker) {
  const std::string kafka =
      "log: {kind: kafka, common: {bootstrap.servers: \"${BROKERS}\", sasl.password: "
      "\"${file:/nowhere/x}\"}}\n"
      "state: {dir: \"${STATE}\"}\n";
  EXPECT_EQ(codes(load_with(kafka)).size(), 3U);
  LoadOptions options = options_with();
  options.purpose = Purpose::kReplay;
  const Loaded loaded = load_with(kafka, options);
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  EXPECT_TRUE(loaded.plan->is_local);
  EXPECT_TRUE(loaded.plan->sources[0].bounded);
  EXPECT_FALSE(
      load_with("log: {kind: kafka, common: {bootstrap.servers: a}}\n").plan->sources[0].bounded);
}

TEST(PipelineConfig, KafkaPropertiesAreCheckedByTheClientItself) {
  const auto with = [](const std::string& section) {
    return load_with("log:\n  kind: kafka\n  common: {bootstrap.servers: a}\n  consumer: {" +
                     section + "}\n");
  };
  EXPECT_NE(with("fetch.min.bytes: 65536, group.instance.id: \"\"").plan, nullptr);
  EXPECT_THAT(errors(with("fetch.min.byte: 1")),
              ElementsAre(AllOf(HasSubstr("9:14: no such librdkafka property"),
                                HasSubstr("did you mean \"fetch.min.bytes\"?"))));
  EXPECT_THAT(errors(with("sasl.usernam: x")),
              ElementsAre(HasSubstr("did you mean \"sasl.username\"?")));
  EXPECT_THAT(errors(with("fetch.min.bytes: many")),
              ElementsAre(HasSubstr("9:31: librdkafka: Invalid value")));
  EXPECT_THAT(errors(with("group.protocol: consumer")),
              ElementsAre(HasSubstr("no such librdkafka property")));
  EXPECT_THAT(errors(with("fetch.min.bytes: [1]")), ElementsAre(HasSubstr("has to be one value")));
  for (const char* name : {"enable.auto.commit",
                           "enable.auto.offset.store",
                           "isolation.level",
                           "transactional.id",
                           "auto.offset.reset",
                           "partition.assignment.strategy",
                           "enable.idempotence",
                           "plugin.library.paths",
                           "partitioner",
                           "acks"}) {
    EXPECT_THAT(errors(with(std::string(name) + ": x")),
                ElementsAre(AllOf(HasSubstr(name), HasSubstr("is set by kaiku: "))));
  }
}

TEST(PipelineConfig, EmptyPropertiesAreNotSet) {
  const Loaded loaded = load_with(
      "log: {kind: kafka, common: {bootstrap.servers: a}, consumer: {group.instance.id: "
      "\"${HOSTNAME:-}\"}}\n");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  EXPECT_THAT(loaded.plan->kafka.consumer, ElementsAre(Pair("group.id", "kaiku.small")));
}

TEST(PipelineConfig, TheLogMustBeWhole) {
  EXPECT_THAT(errors(load_with("log: {kind: kafka}\n")),
              ElementsAre(HasSubstr("needs log.common")));
  EXPECT_THAT(errors(load_with("log: {common: {bootstrap.servers: a}}\n")),
              ElementsAre(HasSubstr("would be local")));
  EXPECT_THAT(errors(load_with("log: {kind: kafak}\n")),
              ElementsAre(HasSubstr("did you mean \"kafka\"?")));
}

TEST(PipelineConfig, BrandErrorsStandAtTheBrand) {
  const auto with = [](std::string_view brands) {
    return load("version: 1\nname: a\nsources: {s: {topic: t}}\nbrands:\n" + std::string(brands));
  };
  EXPECT_THAT(errors(with("  - {id: a, aliases: [\"##\", ok]}\n")),
              ElementsAre("5:23: alias \"##\" has no letter and no digit"));
  EXPECT_THAT(errors(with("  - {id: a}\n  - {id: a}\n")),
              ElementsAre("6:10: the id is used twice"));
  EXPECT_THAT(errors(with("  - {id: _x}\n  - {id: _y}\n")),
              ElementsAre(HasSubstr("5:10: ids that begin with _"),
                          HasSubstr("6:10: ids that begin with _")));
  EXPECT_THAT(errors(with("  - {name: a}\n")),
              ElementsAre(HasSubstr("\"id\" is missing in brands[0]")));
  EXPECT_THAT(errors(with("  []\n")), ElementsAre(HasSubstr("brands is empty")));
  EXPECT_THAT(errors(load("version: 1\nname: a\nsources: {s: {topic: t}}\nbrands: opne\n")),
              ElementsAre(HasSubstr("a list or the word \"open\"")));
  const Loaded shared = with("  - {id: a, aliases: [Nova]}\n  - {id: b, aliases: [nova]}\n");
  ASSERT_NE(shared.plan, nullptr);
  EXPECT_THAT(codes(shared, Severity::kWarning), ElementsAre("KA070", "KA071"));
}

TEST(PipelineConfig, ChannelsDoNotShareNames) {
  EXPECT_THAT(errors(load_with("channels: [{id: x, match: [a]}, {id: y, match: [A]}]\n")),
              ElementsAre("6:49: the name \"A\" belongs to the channels x and y"));
  EXPECT_THAT(errors(load_with("channels: [{id: x, match: [\"*\"]}, {id: y, match: [\"*\"]}]\n")),
              ElementsAre(HasSubstr("\"*\" belongs to the channels x and y")));
  EXPECT_THAT(errors(load_with("channels: [{id: x}, {id: x}]\n")),
              ElementsAre(HasSubstr("given twice")));
  EXPECT_THAT(errors(load_with("channels: [{id: x}, {id: y, match: [x]}]\n")),
              ElementsAre(HasSubstr("x and y")));
}

TEST(PipelineConfig, WindowErrorsStandAtTheKey) {
  const auto with = [](const std::string& window) {
    return load_with("windows: {w: {" + window + "}}\n");
  };
  EXPECT_THAT(errors(with("size: 90s")),
              ElementsAre(HasSubstr("6:21: window 'w': its size must be whole minutes")));
  EXPECT_THAT(errors(with("size: 1h, advance: 7m")),
              ElementsAre(HasSubstr("6:34: window 'w': its advance")));
  EXPECT_THAT(errors(with("size: 1h, timezone: Europe/Helsinki")),
              ElementsAre(HasSubstr("6:35: window 'w'")));
  EXPECT_THAT(errors(with("size: 1d, timezone: Mars/Olympus")),
              ElementsAre("6:35: no time zone is called \"Mars/Olympus\""));
  EXPECT_THAT(errors(with("size: 1h, retention: 1m")),
              ElementsAre(HasSubstr("6:36: window 'w': its retention")));
  EXPECT_THAT(errors(load_with("outputs: {kpis: {windows: [week]}}\n")),
              ElementsAre(HasSubstr("no window is called \"week\"")));
  EXPECT_THAT(errors(load_with("windows: {Hour: {size: 1h}}\n")),
              ElementsAre(HasSubstr("\"Hour\" cannot be a name")));
}

TEST(PipelineConfig, TopicsHaveOnePurpose) {
  EXPECT_THAT(
      errors(
          load("version: 1\nname: a\nsources:\n  s: {topic: t}\n  r: {topic: t}\nbrands: open\n")),
      ElementsAre(HasSubstr("5:14: the topic \"t\" is read by two sources")));
  EXPECT_THAT(errors(load_with("outputs: {late: {topic: posts.v1}}\n")),
              ElementsAre(HasSubstr("would read what it writes")));
  EXPECT_THAT(errors(load_with("outputs: {late: {topic: t}, dead_letters: {topic: t}}\n")),
              ElementsAre(HasSubstr("written for two purposes")));
  EXPECT_THAT(errors(load_with("outputs: {aggregates: {topic: one}}\n")),
              ElementsAre(HasSubstr("needs {window}")));
  EXPECT_NE(load_with("windows: {hour: {size: 1h}}\noutputs: {aggregates: {topic: one}}\n").plan,
            nullptr);
  EXPECT_THAT(errors(load_with("outputs: {late: {topic: \"{window}\"}}\n")),
              ElementsAre(HasSubstr("only variable")));
  EXPECT_THAT(errors(load_with("outputs: {late: {topic: \"a b\"}}\n")),
              ElementsAre(HasSubstr("Kafka takes")));
  EXPECT_THAT(errors(load_with("outputs: {aggregates: {topic: \"{brand}\"}}\n")),
              ElementsAre(HasSubstr("only variable")));
}

TEST(PipelineConfig, DirectSourcesSayTheirKey) {
  EXPECT_THAT(
      errors(
          load("version: 1\nname: a\nsources: {s: {topic: t, routing: direct}}\nbrands: open\n")),
      ElementsAre(HasSubstr("has to say what its producer keys by")));
  EXPECT_THAT(errors(load("version: 1\nname: a\nsources: {s: {topic: t, routing: direct, keyed_by: "
                          "id}}\nbrands: open\n")),
              ElementsAre(HasSubstr("has to be a JSON Pointer")));
  EXPECT_THAT(
      codes(load("version: 1\nname: a\nsources: {s: {topic: t, keyed_by: /id}}\nbrands: open\n"),
            Severity::kWarning),
      ElementsAre("KA070", "KA057"));
}

TEST(PipelineConfig, ABrandOfASourceIsOneOfTheCatalogue) {
  EXPECT_THAT(
      errors(load("version: 1\nname: a\nsources: {s: {topic: t, brand: kirkos}}\nbrands: [{id: "
                  "kirkas}]\n")),
      ElementsAre(AllOf(HasSubstr("no brand has the id"), HasSubstr("did you mean \"kirkas\"?"))));
}

TEST(PipelineConfig, ServersListenSomewhere) {
  for (const char* good : {"127.0.0.1:8080", "0.0.0.0:0", "[::1]:9", "localhost:65535"}) {
    EXPECT_NE(load_with("server: {listen: \"" + std::string(good) + "\"}\n").plan, nullptr) << good;
  }
  for (const char* bad :
       {"8080", ":8080", "a:65536", "a:-1", "a:", "::1:80", "http://a:1", "a b:1"}) {
    EXPECT_THAT(codes(load_with("server: {listen: \"" + std::string(bad) + "\"}\n")),
                ElementsAre("KA017"))
        << bad;
  }
}

TEST(PipelineConfig, TestsAreCheckedAndBecomeJson) {
  const Loaded loaded = load_with(R"(tests:
  - name: counts
    input:
      - posts: {id: "1", n: 1.50, t: 2026-03-02T10:00:00Z}
      - posts: "{broken"
    expect:
      - {output: aggregates, contains: {count_total: 1}}
      - {output: late, count: 0}
)");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  ASSERT_EQ(loaded.tests.size(), 1U);
  const TestCase& test = loaded.tests[0];
  EXPECT_EQ(test.name, "counts");
  EXPECT_EQ(test.line, 7);
  EXPECT_EQ(test.input[0].source, "posts");
  EXPECT_EQ(test.input[0].json, R"({"id":"1","n":1.50,"t":"2026-03-02T10:00:00Z"})");
  EXPECT_EQ(test.input[1].json, "{broken");
  EXPECT_EQ(test.expect[0].contains_json, R"({"count_total":1})");
  EXPECT_FALSE(test.expect[0].count.has_value());
  EXPECT_EQ(test.expect[1].count, 0);
}

TEST(PipelineConfig, WrongTestsAreTold) {
  const auto with = [](const std::string& test) { return load_with("tests:\n  - " + test + "\n"); };
  EXPECT_THAT(
      errors(with("{name: a, input: [{post: {}}], expect: [{output: late}]}")),
      ElementsAre(AllOf(HasSubstr("no source is called \"post\""), HasSubstr("\"posts\""))));
  EXPECT_THAT(errors(with("{name: a, input: [{posts: {}}], expect: [{output: lat}]}")),
              ElementsAre(HasSubstr("\"late\"")));
  EXPECT_THAT(errors(with("{name: a, inputs: [], expect: []}")),
              ElementsAre(HasSubstr("input is a list"),
                          HasSubstr("unknown key \"inputs\""),
                          HasSubstr("expect is a list")));
  EXPECT_THAT(errors(with("{input: [{posts: {}}], expect: [{output: late, count: -1}]}")),
              ElementsAre(HasSubstr("needs a name"), HasSubstr("count is how many")));
  EXPECT_THAT(errors(with("text")), ElementsAre(HasSubstr("a test is a map")));
  EXPECT_THAT(errors(load_with("tests: {}\n")), ElementsAre(HasSubstr("tests has to be a list")));
}

}  // namespace
}  // namespace kaiku::config
