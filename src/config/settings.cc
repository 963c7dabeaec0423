#include "config/settings.h"

#include "kaiku/base/event_time.h"
#include "kaiku/base/limits.h"

#include "config/conversation_settings.h"
#include "config/facet_settings.h"
#include "config/journey_settings.h"
#include "config/privacy_settings.h"
#include "config/signal_settings.h"

namespace kaiku::config {
namespace {

using base::kDay;
using base::kHour;
using base::kMillisecond;
using base::kMinute;
using base::kSecond;

constexpr int64_t kShardsMost = base::limits::kShards;
constexpr int64_t kMebi = int64_t{1} << 20;
constexpr int64_t kTebi = int64_t{1} << 40;
constexpr int64_t kLongest = 3'660 * kDay;

Setting section(std::string_view path, std::string_view help, bool required = false) {
  return {.path = path, .type = Type::kSection, .required = required, .help = help};
}

Setting of(Type type, std::string_view path, std::string_view fallback, std::string_view help) {
  return {.path = path, .type = type, .fallback = fallback, .help = help};
}

Setting required(Type type, std::string_view path, std::string_view help) {
  return {.path = path, .type = type, .required = true, .help = help};
}

Setting ranged(Type type,
               std::string_view path,
               std::string_view fallback,
               int64_t least,
               int64_t most,
               std::string_view help) {
  return {
      .path = path, .type = type, .fallback = fallback, .least = least, .most = most, .help = help};
}

Setting choice(std::string_view path,
               std::string_view fallback,
               std::string_view choices,
               std::string_view help) {
  return {
      .path = path, .type = Type::kChoice, .fallback = fallback, .choices = choices, .help = help};
}

Setting derived(Setting setting, std::string_view fallback_help) {
  setting.fallback_help = fallback_help;
  return setting;
}

void add_general(std::vector<Setting>& all) {
  all.push_back({.path = "version",
                 .type = Type::kInteger,
                 .required = true,
                 .least = 1,
                 .most = 1,
                 .help = "The version of this format."});
  all.push_back(required(
      Type::kName,
      "name",
      "The pipeline: part of topic names, of the consumer group and of the store's identity."));
  all.push_back(of(Type::kText, "description", "", "One sentence for people."));
  all.push_back(ranged(Type::kInteger,
                       "shards",
                       "1",
                       1,
                       kShardsMost,
                       "Units of ownership and state. Fixed for the life of the pipeline's state: "
                       "changing it needs a new name."));
  all.push_back(ranged(Type::kInteger,
                       "workers",
                       "1",
                       1,
                       kShardsMost,
                       "Threads of one process. More than `shards` of them have nothing to do."));
  all.push_back(
      derived(of(Type::kText,
                 "key_file",
                 "",
                 "File with 16 bytes as 32 hex digits or as base64: the key of all hashes. Without "
                 "it the key follows from the name, which anybody can compute."),
              "derived from `name`, with a warning"));
  all.push_back(section("log", "Where records come from and go to."));
  all.push_back(choice("log.kind",
                       "local",
                       "local|kafka",
                       "`local` is the embedded log in `state.dir`: no broker, one process."));
  all.push_back(ranged(Type::kDuration,
                       "log.keep_sources",
                       "1h",
                       0,
                       366 * kDay,
                       "Embedded log: how long records of a source stay once they are committed, "
                       "for `kaiku tail` and `kaiku replay`. `0s`, and sources with a restricted "
                       "channel: not at all."));
  all.push_back(ranged(Type::kSize,
                       "log.keep_source_bytes",
                       "32MiB",
                       0,
                       kTebi,
                       "And no more than this of each partition. What is not committed stays."));
  all.push_back(of(Type::kProperties,
                   "log.common",
                   "",
                   "librdkafka properties for all clients, under librdkafka's own names. "
                   "`bootstrap.servers` is needed for `kind: kafka`."));
  all.push_back(derived(of(Type::kProperties,
                           "log.consumer",
                           "",
                           "librdkafka properties for consumers; they win over `log.common`."),
                        "`group.id: kaiku.<name>`"));
  all.push_back(of(Type::kProperties,
                   "log.producer",
                   "",
                   "librdkafka properties for producers; they win over `log.common`."));
}

void add_sources(std::vector<Setting>& all) {
  all.push_back({.path = "sources",
                 .type = Type::kNamed,
                 .required = true,
                 .help = "The inputs, by name. A name is part of the identity of its items."});
  all.push_back(derived(
      of(Type::kTopic, "sources.*.topic", "", "The topic to read. Two sources cannot share one."),
      "the source's name"));
  all.push_back(of(Type::kMapping,
                   "sources.*.mapping",
                   "canonical",
                   "How its JSON becomes items: a shipped mapping by name, a path that ends in "
                   ".yaml, or the mapping itself; see Mappings above."));
  all.push_back(choice("sources.*.routing",
                       "routed",
                       "routed|direct",
                       "`routed` takes any partition count and key. `direct` saves half the "
                       "traffic and needs exactly `shards` partitions keyed by `keyed_by`."));
  all.push_back(of(Type::kText,
                   "sources.*.keyed_by",
                   "",
                   "Direct sources: JSON Pointer of the value that the producer uses as the "
                   "record's key. It has to be the item's identity."));
  all.push_back(choice("sources.*.partitioner",
                       "murmur2_random",
                       "murmur2_random|murmur2|consistent|consistent_random|fnv1a|fnv1a_random",
                       "Direct sources: the producer's partitioner, as librdkafka calls it."));
  all.push_back(derived(of(Type::kBoolean,
                           "sources.*.bounded",
                           "",
                           "The source has an end: nothing in it is late, there is no `max_age`, "
                           "and its windows close when it ends."),
                        "`false`; `true` for files in `kaiku replay`"));
  all.push_back(of(Type::kBoolean,
                   "sources.*.polled",
                   "false",
                   "The connector asks again and again: a later copy of an item is a new reading "
                   "of its counters, and `observed_at` is the time of the operation."));
  all.push_back(section("sources.*.time", "The times of this source."));
  all.push_back(of(Type::kBoolean,
                   "sources.*.time.stable",
                   "true",
                   "All copies of an item carry the same `occurred_at`. Then duplicates are found "
                   "without the long memory of `dedup.horizon`."));
  all.push_back(derived(ranged(Type::kDuration,
                               "sources.*.max_future",
                               "",
                               0,
                               kLongest,
                               "Further ahead of the record's log time an item is a dead letter."),
                        "`time.max_future`"));
  all.push_back(derived(ranged(Type::kDuration,
                               "sources.*.max_age",
                               "",
                               kMinute,
                               kLongest,
                               "Further behind the record's log time an item is a dead letter."),
                        "`time.max_age`"));
  all.push_back(
      of(Type::kText,
         "sources.*.brand",
         "",
         "Brand id of every item of this source. Text and brand field are not looked at then."));
  all.push_back(derived(ranged(Type::kDuration,
                               "sources.*.expect_every",
                               "",
                               kMinute,
                               kLongest,
                               "How long this source may say nothing, with `signals.follow`: after "
                               "that an alert tells that it is silent."),
                        "it is not watched"));
}

void add_time(std::vector<Setting>& all) {
  all.push_back(section("time", "Event time: what is late, and when a window can close."));
  all.push_back(ranged(Type::kDuration,
                       "time.out_of_orderness",
                       "30s",
                       0,
                       kDay,
                       "How far a partition's times may step back in normal operation: its "
                       "watermark trails its newest time by this."));
  all.push_back(ranged(Type::kDuration,
                       "time.lateness",
                       "10m",
                       0,
                       30 * kDay,
                       "An item this far below its partition's watermark is late: it goes to the "
                       "late topic and is not counted."));
  all.push_back(
      ranged(Type::kDuration,
             "time.idle_after",
             "60s",
             kSecond,
             kDay,
             "A partition with nothing to read for so long no longer holds the watermark back."));
  all.push_back(
      ranged(Type::kDuration, "time.max_future", "5m", 0, kLongest, "Default of all sources."));
  all.push_back(
      ranged(Type::kDuration, "time.max_age", "30d", kMinute, kLongest, "Default of all sources."));
  all.push_back(section("dedup", "Finding the copies of an item."));
  all.push_back(ranged(Type::kDuration,
                       "dedup.horizon",
                       "7d",
                       kMinute,
                       366 * kDay,
                       "How long an item is remembered where its times are not stable."));
  all.push_back(section("items", "What happens to single items."));
  all.push_back(ranged(
      Type::kDuration,
      "items.retention",
      "3d",
      kMinute,
      366 * kDay,
      "How long an edit, a deletion or a new reading can still correct what an item contributed."));
  all.push_back(
      choice("items.unmatched",
             "count",
             "count|ignore|dead_letter",
             "An item without a brand: counted as brand `_other`, left out, or a dead letter."));
  all.push_back(
      of(Type::kBoolean,
         "items.publish",
         "false",
         "Publish the clean stream of items: parsed, deduplicated, with brand and channel."));
}

void add_catalogues(std::vector<Setting>& all) {
  all.push_back({.path = "brands",
                 .type = Type::kList,
                 .required = true,
                 .choices = "open",
                 .help = "The catalogue; or the word `open`: no catalogue, the brand field of an "
                         "item is its brand as it stands."});
  all.push_back(required(Type::kText, "brands.*.id", "As it stands in every output record."));
  all.push_back(
      derived(of(Type::kText, "brands.*.name", "", "For people; a brand field may hold it too."),
              "the id"));
  all.push_back(
      of(Type::kTextList,
         "brands.*.aliases",
         "",
         "Words and phrases that name the brand in a text; case does not matter. `kirkas` also "
         "matches `#kirkas`, but not the account `@kirkas`: list that too."));
  all.push_back(of(Type::kTextList,
                   "brands.*.exclude",
                   "",
                   "Phrases in which an alias does not mean the brand."));
  all.push_back(of(Type::kTextList,
                   "brands.*.handles",
                   "",
                   "Accounts of the brand itself: what they write is the brand's."));
  all.push_back(derived({.path = "channels",
                         .type = Type::kList,
                         .help = "The channels, and the names they have in records."},
                        "every name in the records is a channel"));
  all.push_back(required(Type::kWord,
                         "channels.*.id",
                         "As it stands in every output record. The id is one of its names."));
  all.push_back(
      of(Type::kTextList,
         "channels.*.match",
         "",
         "Names in records; case does not matter. `*` takes all that no other channel names."));
  all.push_back(of(Type::kBoolean,
                   "channels.*.private",
                   "false",
                   "Messages here are not public (e-mail, chat, phone)."));
  all.push_back(of(Type::kBoolean,
                   "channels.*.restricted",
                   "false",
                   "Nothing about one person, message or conversation of this channel leaves: no "
                   "outcome, alert or item, no id of a late one, no bytes of a dead letter."));
  all.push_back(derived({.path = "markets",
                         .type = Type::kList,
                         .help = "Brands that are compared with each other: share of voice."},
                        "no comparison"));
  all.push_back(required(Type::kWord, "markets.*.id", "As it stands in records."));
  all.push_back({.path = "markets.*.brands",
                 .type = Type::kTextList,
                 .required = true,
                 .help = "Ids of the catalogue; a brand is in one market at a time."});
  all.push_back(of(Type::kText,
                   "markets.*.valid_from",
                   "",
                   "A date (its midnight UTC) or a time in whole minutes: the list holds from then "
                   "on, until a later one of the same id; by default from the beginning."));
}

void add_windows(std::vector<Setting>& all) {
  all.push_back(derived(
      {.path = "windows",
       .type = Type::kNamed,
       .help = "The windows of the aggregates, by name; a name is part of the topic's name."},
      "`minute` 1m, `hour` 1h and `day` 1d, all in UTC"));
  Setting size = required(Type::kDuration, "windows.*.size", "Whole minutes.");
  size.least = kMinute;
  size.most = 366 * kDay;
  all.push_back(size);
  all.push_back(
      derived(ranged(Type::kDuration,
                     "windows.*.advance",
                     "",
                     kMinute,
                     366 * kDay,
                     "A hopping window: a new one begins so often. It has to divide `size`."),
              "`size`: windows follow each other"));
  all.push_back(of(Type::kText,
                   "windows.*.timezone",
                   "UTC",
                   "Zone in which days begin, for sizes of whole days: `Europe/Helsinki`. Two days "
                   "a year last 23 and 25 hours there."));
  all.push_back(derived(ranged(Type::kDuration,
                               "windows.*.final_after",
                               "",
                               0,
                               366 * kDay,
                               "The final record comes when the watermark is so far past the end. "
                               "Items that come later, but are not late, make revisions."),
                        "`time.lateness`"));
  all.push_back(derived(ranged(Type::kDuration,
                               "windows.*.retention",
                               "",
                               kMinute,
                               kLongest,
                               "How long past its end a window can still be revised. Later "
                               "corrections are booked into the current window."),
                        "the longer of `items.retention` and `size`, and one hour"));
}

void add_outputs(std::vector<Setting>& all) {
  all.push_back(section("outputs", "The topics kaiku writes."));
  all.push_back(derived(
      ranged(Type::kInteger, "outputs.partitions", "", 1, 10'000, "Partitions of output topics."),
      "`shards`"));
  all.push_back(ranged(Type::kDuration,
                       "outputs.retention",
                       "90d",
                       kHour,
                       kLongest,
                       "`retention.ms` of output topics."));
  all.push_back(section("outputs.aggregates", "Activity per brand, channel, type and window."));
  all.push_back(derived(
      of(Type::kTopic,
         "outputs.aggregates.topic",
         "",
         "`{window}` stands for the window's name and is needed with more than one window."),
      "`kaiku.<name>.activity.{window}.v1`"));
  all.push_back(ranged(Type::kDuration,
                       "outputs.aggregates.early_every",
                       "5s",
                       100 * kMillisecond,
                       kDay,
                       "How often an open window that changed is published as `early`."));
  all.push_back(section("outputs.kpis", "Key figures per brand and channel."));
  all.push_back(derived(of(Type::kTopic, "outputs.kpis.topic", "", ""), "`kaiku.<name>.kpi.v1`"));
  all.push_back(derived(
      of(Type::kTextList, "outputs.kpis.windows", "", "Windows for which they are computed."),
      "the windows of an hour and longer that do not hop"));
  all.push_back(section("outputs.outcomes", "What came of each conversation, when it closed."));
  all.push_back(derived(of(Type::kTopic, "outputs.outcomes.topic", "", ""),
                        "`kaiku.<name>.outcomes.v1`, if conversations are followed"));
  all.push_back(section("outputs.alerts", "What somebody should look at now."));
  all.push_back(derived(of(Type::kTopic, "outputs.alerts.topic", "", ""),
                        "`kaiku.<name>.alerts.v1`, if conversations or signals are followed"));
  all.push_back(section("outputs.erasures", "Receipts of subjects that were forgotten."));
  all.push_back(derived(of(Type::kTopic, "outputs.erasures.topic", "", ""),
                        "`kaiku.<name>.erasures.v1`, if `privacy.erase_subjects` is set"));
  all.push_back(section("outputs.late", "Items that came too late, with the reason."));
  all.push_back(derived(of(Type::kTopic, "outputs.late.topic", "", ""), "`kaiku.<name>.late.v1`"));
  all.push_back(section("outputs.dead_letters",
                        "Records that could not be used: the original bytes and why."));
  all.push_back(
      derived(of(Type::kTopic, "outputs.dead_letters.topic", "", ""), "`kaiku.<name>.dlq.v1`"));
  all.push_back(
      ranged(Type::kSize,
             "outputs.dead_letters.budget",
             "16MiB",
             0,
             kTebi,
             "Per source and minute; beyond it a dead letter holds only hash and reason."));
  all.push_back(section("outputs.items", "The clean stream of items, if `items.publish` is set."));
  all.push_back(
      derived(of(Type::kTopic, "outputs.items.topic", "", ""), "`kaiku.<name>.items.v1`"));
}

void add_rest(std::vector<Setting>& all) {
  all.push_back(section("business", "Money."));
  all.push_back(
      of(Type::kText, "business.currency", "EUR", "Currency of all published money (ISO 4217)."));
  all.push_back(derived(of(Type::kText,
                           "business.rates",
                           "",
                           "CSV file `currency,date,rate`: units of `business.currency` for one "
                           "unit of the currency."),
                        "no rates: other currencies stay unconverted and are counted"));
  all.push_back(ranged(Type::kDuration,
                       "business.rates_every",
                       "1m",
                       kSecond,
                       kDay,
                       "How often the files of rates and prices are looked at while kaiku runs. "
                       "When a rate comes that was missing, what had been left out is revised "
                       "once."));
  all.push_back(derived(of(Type::kText,
                           "business.prices",
                           "",
                           "CSV file `price,brand,channel,valid_from,amount`: what a contact, an "
                           "hour and a thousand impressions cost, margins and baselines. Rows of "
                           "later days may be added at any time."),
                        "no prices: nothing is valued but what was booked"));
  all.push_back(derived(of(Type::kTextList,
                           "business.figures",
                           "",
                           "What is counted besides orders, refunds and spend: `cancellations`, "
                           "`leads`, `opportunities`, `subscriptions`, `visits`, `promotions`."),
                        "none of them"));
  all.push_back(of(Type::kBoolean,
                   "business.replacement_cost",
                   "false",
                   "Say what the impressions would have cost as advertising (prices `cpm`). It is "
                   "no value of its own and enters no return."));
  all.push_back(section("state", "What the engine keeps."));
  all.push_back(
      of(Type::kText,
         "state.dir",
         "./state",
         "Folder of the state, relative to where kaiku is started. One process owns it."));
  all.push_back(ranged(Type::kSize,
                       "state.memory",
                       "1GiB",
                       64 * kMebi,
                       kTebi,
                       "Memory for state, queues and sketches together."));
  all.push_back(ranged(Type::kDuration,
                       "state.commit_every",
                       "1s",
                       10 * kMillisecond,
                       kMinute,
                       "How often results and positions are committed: the delay of the outputs."));
  all.push_back(section("server", "Metrics, API and page."));
  all.push_back(of(Type::kText,
                   "server.listen",
                   "127.0.0.1:8080",
                   "Address and port; port 0 takes a free one."));
  all.push_back({.path = "tests",
                 .type = Type::kTests,
                 .help = "Tests of this pipeline, run by `kaiku test`; see above."});
}

std::vector<Setting> make() {
  std::vector<Setting> all;
  all.push_back(section("", "The pipeline file.", true));
  add_general(all);
  add_sources(all);
  add_time(all);
  add_catalogues(all);
  add_windows(all);
  add_outputs(all);
  const std::vector<Setting> conversations = conversation_settings();
  all.insert(all.end(), conversations.begin(), conversations.end());
  const std::vector<Setting> privacy = privacy_settings();
  all.insert(all.end(), privacy.begin(), privacy.end());
  const std::vector<Setting> journeys = journey_settings();
  all.insert(all.end(), journeys.begin(), journeys.end());
  const std::vector<Setting> facets = facet_settings();
  all.insert(all.end(), facets.begin(), facets.end());
  const std::vector<Setting> signals = signal_settings();
  all.insert(all.end(), signals.begin(), signals.end());
  add_rest(all);
  return all;
}

std::string_view parent_of(std::string_view path) {
  const size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

}  // namespace

const std::vector<Setting>& settings() {
  static const std::vector<Setting> all = make();
  return all;
}

const Setting* find_setting(std::string_view path) {
  for (const Setting& setting : settings()) {
    if (setting.path == path) {
      return &setting;
    }
  }
  return nullptr;
}

std::vector<const Setting*> children_of(std::string_view section) {
  std::vector<const Setting*> out;
  for (const Setting& setting : settings()) {
    if (!setting.path.empty() && parent_of(setting.path) == section) {
      out.push_back(&setting);
    }
  }
  return out;
}

std::string_view key_of(const Setting& setting) {
  return setting.path.substr(setting.path.rfind('.') + 1);  // npos + 1 is 0
}

std::string path_for_people(std::string_view path) {
  std::string out;
  for (size_t at = 0; at < path.size(); ++at) {
    const bool star = path[at] == '*';
    const Setting* owner = star && at > 0 ? find_setting(path.substr(0, at - 1)) : nullptr;
    if (owner != nullptr && owner->type == Type::kList) {
      out.back() = '[';
      out += ']';
    } else if (star) {
      out += "<name>";
    } else {
      out += path[at];
    }
  }
  return out;
}

std::vector<std::string_view> choices_of(const Setting& setting) {
  std::vector<std::string_view> out;
  std::string_view rest = setting.choices;
  while (!rest.empty()) {
    const size_t bar = rest.find('|');
    out.push_back(rest.substr(0, bar));
    rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
  }
  return out;
}

}  // namespace kaiku::config
