#include "kaiku/generate/workload.h"

#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "kaiku/base/base64.h"
#include "kaiku/base/crc32c.h"
#include "kaiku/money/decimal.h"

namespace kaiku::generate {
namespace {

using nlohmann::json;

std::vector<Record> records_of(Workload& workload) {
  std::vector<Record> records;
  for (Record record; workload.next(record);) {
    records.push_back(record);
  }
  return records;
}

Workload make(const Options& options) {
  auto made = Workload::make(options);
  EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message());
  return std::move(made).value();
}

uint32_t checksum(const Options& options) {
  Workload workload = make(options);
  uint32_t sum = 0;
  for (const Record& record : records_of(workload)) {
    sum = base::crc32c(write_envelope(record), sum);
  }
  return base::crc32c(workload.truth().to_json(), sum);
}

// Reads the records as a reader would who knows the rules and not the facts.
class Recount {
 public:
  explicit Recount(const Options& options) : options_(options) {}

  void take(const Record& record) {
    Outcomes& outcomes = sources[static_cast<size_t>(record.source)];
    ++outcomes.records;
    const json item = json::parse(record.value, nullptr, false);
    const base::EventTime occurred_at = time_of(item, "occurred_at");
    if (item.is_discarded() || !item.contains("event_id") || occurred_at == base::kNoTime ||
        record.value.size() > 65'536 || item["type"] == "mystery" ||
        item.value("currency", "EUR").size() != 3 ||
        item.value("amount", "").find(',') != std::string::npos) {
      ++broken;
      return;
    }
    if (item.value("test", false)) {
      ++outcomes.ignored;
      return;
    }
    const std::string op = item["op"];
    const base::EventTime operation_at =
        op == "create" ? occurred_at : time_of(item, "observed_at");
    const bool is_deal = item["type"] == "business_event";
    if (std::max(occurred_at, operation_at) > record.timestamp + options_.max_future_us) {
      ++outcomes.dead_letters[static_cast<size_t>(model::ErrorClass::kFuture)];
    } else if (!is_deal && op != "delete" &&
               operation_at < record.timestamp - options_.max_age_us) {
      ++outcomes.dead_letters[static_cast<size_t>(model::ErrorClass::kTooOld)];
    } else if (is_late(record, operation_at) && !is_deal && op != "delete") {
      ++outcomes.late;
    } else {
      is_deal ? take_deal(item, outcomes) : take_post(item, op, outcomes);
    }
  }

  std::array<Outcomes, kSources> sources;
  uint64_t broken = 0;

 private:
  static base::EventTime time_of(const json& item, const char* name) {
    return item.is_object() && item.contains(name)
               ? base::parse_rfc3339(item[name].get<std::string>())
               : base::kNoTime;
  }

  bool is_late(const Record& record, base::EventTime operation_at) {
    const auto [at, is_first] =
        newest_.try_emplace({record.source, record.partition}, base::kTimeBegin);
    const base::EventTime before = at->second;
    at->second = std::max(before, std::min(operation_at, record.timestamp));
    return !is_first && operation_at < before - options_.out_of_orderness_us - options_.lateness_us;
  }

  static void duplicate(Outcomes& outcomes, model::DuplicateKind kind) {
    ++outcomes.duplicates[static_cast<size_t>(kind)];
  }

  void take_post(const json& item, const std::string& op, Outcomes& outcomes) {
    const std::string delivery =
        item["source"].get<std::string>() + item["event_id"].get<std::string>();
    const std::string id = item.contains("native_id") ? item["channel"].get<std::string>() + " " +
                                                            item["native_id"].get<std::string>()
                                                      : delivery;
    if (op == "metrics") {
      const bool is_new = polls_.insert(id + item["observed_at"].get<std::string>()).second;
      duplicate(outcomes,
                is_new ? model::DuplicateKind::kRepoll : model::DuplicateKind::kRedelivery);
      return;
    }
    const std::string version = op == "update" ? item["native_version"].get<std::string>() : "";
    const bool is_new =
        op == "create" ? created_.insert(id).second : operations_.insert(op + version + id).second;
    const bool seen = op != "create" || !deliveries_.insert(delivery).second;
    if (is_new) {
      ++outcomes.counted;
    } else {
      duplicate(outcomes,
                seen ? model::DuplicateKind::kRedelivery : model::DuplicateKind::kSameItem);
    }
  }

  void take_deal(const json& item, Outcomes& outcomes) {
    const std::string id = item["kind"].get<std::string>() + item["business_id"].get<std::string>();
    if (versions_.emplace(id, item["native_version"].get<std::string>()).second) {
      ++outcomes.counted;
    } else {
      duplicate(outcomes, model::DuplicateKind::kBusiness);
    }
  }

  const Options& options_;
  std::map<std::pair<Source, int32_t>, base::EventTime> newest_;
  std::set<std::string> created_;
  std::set<std::string> deliveries_;
  std::set<std::string> operations_;
  std::set<std::string> polls_;
  std::set<std::pair<std::string, std::string>> versions_;
};

TEST(Workload, TheSameSeedGivesTheSameBytes) {
  Options options;
  options.events = 5'000;
  const uint32_t sum = checksum(options);
  EXPECT_EQ(checksum(options), sum);
  options.seed = 2;
  EXPECT_NE(checksum(options), sum);
}

TEST(Workload, GivesTheSameBytesOnEveryMachine) {
  Options options;
  options.events = 8'000;
  options.rate = 100;
  // Changes when the workload changes, and then on purpose.
  EXPECT_EQ(checksum(options), 3'436'483'340U);
}

TEST(Workload, TheMonthBurstsWhereItIsMeantTo) {
  Workload workload = make(month(5));
  Record record;
  while (workload.next(record)) {
  }
  const Truth truth = workload.truth();
  std::map<std::string, int> what;
  for (const PlantedTerm& planted : truth.planted) {
    ++what[planted.what];
    std::vector<base::EventTime> opened;
    for (const TermBurst& burst : truth.bursts) {
      if (burst.brand == planted.brand && burst.term == planted.term) {
        opened.push_back(burst.opened_at);
      }
    }
    const std::vector<base::EventTime> meant(planted.bursts ? 1 : 0, planted.from + base::kHour);
    EXPECT_EQ(opened, meant) << planted.what << " of " << planted.brand;
  }
  EXPECT_EQ(what,
            (std::map<std::string, int>{{"burst", 3},
                                        {"small burst", 3},
                                        {"few authors", 3},
                                        {"reposts", 3},
                                        {"steady", 3},
                                        {"background", 3},
                                        {"nearly", 3}}));
}

TEST(Workload, ComesInTheOrderOfALog) {
  Options options;
  options.events = 30'000;
  Workload workload = make(options);
  std::map<std::pair<Source, int32_t>, int64_t> next_offset;
  base::EventTime last = base::kTimeBegin;
  const std::vector<Record> records = records_of(workload);
  EXPECT_EQ(records.size(), options.events);
  for (const Record& record : records) {
    ASSERT_EQ(record.offset, (next_offset[{record.source, record.partition}]++));
    ASSERT_GE(record.timestamp, last);
    ASSERT_EQ(record.timestamp % base::kMillisecond, 0);
    ASSERT_LT(record.partition, workload.partitions(record.source));
    last = record.timestamp;
  }
  EXPECT_EQ(next_offset.size(), 8U) << "every partition of every source is used";
  Record more;
  EXPECT_FALSE(workload.next(more));
}

TEST(Workload, TheTruthOfTheOutcomesIsWhatAReaderCounts) {
  Options options;
  options.events = 15'000;
  options.seed = 7;
  options.rate = 60;
  Workload workload = make(options);
  Recount recount(options);
  for (Record record; workload.next(record);) {
    recount.take(record);
  }
  const Truth truth = workload.truth();
  EXPECT_TRUE(truth.balances());
  uint64_t broken = 0;
  for (size_t i = 0; i < kSources; ++i) {
    const Outcomes& told = truth.sources[i];
    const Outcomes& counted = recount.sources[i];
    EXPECT_EQ(told.records, counted.records) << kSourceNames[i];
    EXPECT_EQ(told.counted, counted.counted) << kSourceNames[i];
    EXPECT_EQ(told.duplicates, counted.duplicates) << kSourceNames[i];
    EXPECT_EQ(told.late, counted.late) << kSourceNames[i];
    EXPECT_EQ(told.ignored, counted.ignored) << kSourceNames[i];
    for (const auto error : {model::ErrorClass::kTooOld, model::ErrorClass::kFuture}) {
      const auto at = static_cast<size_t>(error);
      EXPECT_EQ(told.dead_letters[at], counted.dead_letters[at]) << kSourceNames[i];
    }
    for (const auto error : {model::ErrorClass::kParse,
                             model::ErrorClass::kSchema,
                             model::ErrorClass::kTooLarge,
                             model::ErrorClass::kCurrency}) {
      broken += told.dead_letters[static_cast<size_t>(error)];
    }
  }
  EXPECT_EQ(broken, recount.broken);
}

TEST(Workload, HasEverythingThatComesAlong) {
  Options options;
  options.events = 60'000;
  options.rate = 50;
  options.shares.broken = 12'000;
  options.shares.too_old = 2'000;
  options.shares.future = 2'000;
  Workload workload = make(options);
  Record record;
  while (workload.next(record)) {
  }
  const Truth truth = workload.truth();
  const Outcomes& posts = truth.sources[static_cast<size_t>(Source::kPosts)];
  for (const auto kind : {model::DuplicateKind::kRedelivery,
                          model::DuplicateKind::kSameItem,
                          model::DuplicateKind::kRepoll}) {
    EXPECT_GT(posts.duplicates[static_cast<size_t>(kind)], 100U) << model::name_of(kind);
  }
  for (const auto error : {model::ErrorClass::kParse,
                           model::ErrorClass::kSchema,
                           model::ErrorClass::kTooLarge,
                           model::ErrorClass::kTooOld,
                           model::ErrorClass::kFuture}) {
    EXPECT_GT(posts.dead_letters[static_cast<size_t>(error)], 0U) << model::name_of(error);
  }
  EXPECT_GT(posts.late, 100U);
  const Outcomes& orders = truth.sources[static_cast<size_t>(Source::kOrders)];
  EXPECT_GT(orders.duplicates[static_cast<size_t>(model::DuplicateKind::kBusiness)], 100U);
  EXPECT_GT(orders.dead_letters[static_cast<size_t>(model::ErrorClass::kCurrency)], 0U);
  EXPECT_GT(orders.ignored, 20U);
  Figures sum;
  for (const Cell& cell : truth.cells) {
    if (cell.window == Window::kDay) {
      sum.edits += cell.figures.edits;
      sum.deletions += cell.figures.deletions;
      sum.refunds += cell.figures.refunds;
      sum.spends += cell.figures.spends;
    }
  }
  EXPECT_GT(sum.edits, 100);
  EXPECT_GT(sum.deletions, 50);
  EXPECT_GT(sum.refunds, 80);
  EXPECT_GT(sum.spends, 20);
}

// What the day's cells add up to, by what the test wants to know.
template <typename Key, typename Value>
std::map<std::string, int64_t> by(const Truth& truth, const Key& key, const Value& value) {
  std::map<std::string, int64_t> sums;
  for (const Cell& cell : truth.cells) {
    if (cell.window == Window::kDay && cell.type != model::ItemType::kBusinessEvent) {
      sums[std::string(key(cell))] += value(cell.figures);
    }
  }
  return sums;
}

TEST(Workload, LooksLikeTheRealThing) {
  Options options;
  options.events = 60'000;
  options.rate = 15;  // an hour: no single loud brand decides
  Workload workload = make(options);
  Record record;
  while (workload.next(record)) {
  }
  const Truth truth = workload.truth();
  const auto total = [](const Figures& figures) { return figures.count_total(); };
  const auto brands = by(
      truth, [](const Cell& cell) { return cell.brand; }, total);
  int64_t all = 0;
  for (const auto& [brand, count] : brands) {
    all += count;
  }
  const auto share = [all](int64_t part) {
    return static_cast<double>(part) / static_cast<double>(all);
  };
  // About half are reposts.
  const auto reposts = by(
      truth,
      [](const Cell&) { return "all"; },
      [](const Figures& figures) {
        return figures.by_relation[static_cast<size_t>(model::Relation::kRepost)];
      });
  EXPECT_GT(share(reposts.at("all")), 0.35);
  EXPECT_LT(share(reposts.at("all")), 0.6);
  // A few brands take most of it; some posts name none.
  EXPECT_GT(share(brands.at("kirkas")), 0.15);
  EXPECT_LT(share(brands.at("rinne")), 0.06);
  EXPECT_GT(share(brands.at("_other")), 0.05);
  // One bug report in three comes through X and Facebook, all of them by several channels.
  const auto bugs = by(
      truth,
      [](const Cell& cell) {
        return cell.type == model::ItemType::kBugReport ? cell.channel : "-";
      },
      total);
  int64_t all_bugs = 0;
  for (const auto& [channel, count] : bugs) {
    all_bugs += channel == "-" ? 0 : count;
  }
  EXPECT_GT(bugs.size(), 6U);
  EXPECT_NEAR(
      static_cast<double>(bugs.at("x") + bugs.at("facebook")) / static_cast<double>(all_bugs),
      0.4,
      0.12);
  // A few authors write most.
  const Cell* busy = nullptr;
  for (const Cell& cell : truth.cells) {
    const bool more = busy == nullptr || cell.figures.count_total() > busy->figures.count_total();
    busy = more ? &cell : busy;
  }
  ASSERT_NE(busy, nullptr);
  EXPECT_GT(busy->figures.count_total(), 3'000);
  EXPECT_LT(busy->figures.unique_authors, busy->figures.count_total() * 7 / 10);
  EXPECT_GT(busy->figures.unique_authors, busy->figures.count_total() * 3 / 10);
}

TEST(Workload, OrdersFollowWhatIsSaid) {
  Options options;
  options.events = 80'000;
  options.rate = 20;
  options.brands = 2;
  options.shares.orders = 300'000;
  options.shares.journeys = 0;  // their orders come later, whatever is said then
  options.pace.burst_every_us = 10 * base::kMinute;
  Workload workload = make(options);
  Record record;
  while (workload.next(record)) {
  }
  // Per minute: mentions of one brand and of both, orders of one and of both.
  std::map<base::EventTime, std::array<double, 4>> minutes;
  for (const Cell& cell : workload.truth().cells) {
    if (cell.window != Window::kMinute || cell.brand == "_other") {
      continue;
    }
    std::array<double, 4>& minute = minutes[cell.start];
    const auto mentions = static_cast<double>(cell.figures.count_total());
    const auto orders = static_cast<double>(cell.figures.orders);
    minute[0] += cell.brand == "tuuli" ? mentions : 0;
    minute[1] += mentions;
    minute[2] += cell.brand == "tuuli" ? orders : 0;
    minute[3] += orders;
  }
  double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  for (const auto& [start, minute] : minutes) {
    if (minute[1] < 200 || minute[3] < 100) {
      continue;  // an edge of the workload
    }
    const double said = minute[0] / minute[1];
    const double bought = minute[2] / minute[3];
    ++n;
    x += said;
    y += bought;
    xx += said * said;
    yy += bought * bought;
    xy += said * bought;
  }
  ASSERT_GT(n, 40);
  const double r = (n * xy - x * y) / std::sqrt((n * xx - x * x) * (n * yy - y * y));
  EXPECT_GT(r, 0.5);
}

TEST(Workload, MinutesAddUpToHoursAndDays) {
  Options options;
  options.events = 30'000;
  options.rate = 5;
  Workload workload = make(options);
  Record record;
  while (workload.next(record)) {
  }
  const Truth truth = workload.truth();
  std::map<Window, std::array<int64_t, 5>> sums;
  std::map<Window, money::MoneySums> moneys;
  for (const Cell& cell : truth.cells) {
    const Figures& f = cell.figures;
    std::array<int64_t, 5>& sum = sums[cell.window];
    sum[0] += f.count_total();
    sum[1] += f.engagements();
    sum[2] += f.sentiment[1] - f.sentiment[3];
    sum[3] += f.orders + f.refunds + f.spends;
    sum[4] += f.edits + f.deletions;
    EXPECT_TRUE(moneys[cell.window].merge(f.money));
    EXPECT_EQ(cell.start % size_of(cell.window), 0);
    EXPECT_EQ(truth.find(cell.window, cell.start, cell.brand, cell.channel, cell.type), &cell);
  }
  EXPECT_EQ(sums[Window::kMinute], sums[Window::kHour]);
  EXPECT_EQ(sums[Window::kMinute], sums[Window::kDay]);
  EXPECT_GT(sums[Window::kDay][0], 20'000);
  ASSERT_EQ(moneys[Window::kMinute].entries().size(), moneys[Window::kDay].entries().size());
  for (size_t i = 0; i < moneys[Window::kDay].entries().size(); ++i) {
    EXPECT_TRUE(moneys[Window::kMinute].entries()[i].sum_micros ==
                moneys[Window::kDay].entries()[i].sum_micros);
  }
  EXPECT_EQ(truth.find(Window::kDay, 0, "kirkas", "x", model::ItemType::kMention), nullptr);
}

TEST(Workload, KeepsWhatThePlanSaysAtTheEdges) {
  std::vector<Options> all(6);
  all[0].rate = 1'000'000;
  all[1].rate = 1;
  all[2].brands = 1;
  all[2].authors = 10;
  all[2].posts_partitions = all[2].support_partitions = all[2].orders_partitions = 1;
  all[3].shares = {};
  all[3].shares.redelivered = 900'000;
  all[4].out_of_orderness_us = 0;
  all[4].lateness_us = 0;
  all[4].max_age_us = 0;
  all[4].max_future_us = 0;
  all[5].base_currency = "JPY";
  all[5].currencies = {{"KWD", 1}, {"JPY", 1}};
  all[5].brands = 3'000;
  for (size_t i = 0; i < all.size(); ++i) {
    all[i].events = 2'000;
    Workload workload = make(all[i]);
    Recount recount(all[i]);
    for (Record record; workload.next(record);) {
      recount.take(record);
    }
    const Truth truth = workload.truth();
    EXPECT_TRUE(truth.balances()) << i;
    for (size_t source = 0; source < kSources; ++source) {
      EXPECT_EQ(truth.sources[source].counted, recount.sources[source].counted) << i;
      EXPECT_EQ(truth.sources[source].late, recount.sources[source].late) << i;
    }
  }
}

TEST(Workload, WithoutTruthTheRecordsAreTheSame) {
  Options options;
  options.events = 3'000;
  Workload with = make(options);
  options.truth = false;
  Workload without = make(options);
  EXPECT_EQ(records_of(with).back().value, records_of(without).back().value);
  EXPECT_TRUE(without.truth().cells.empty());
}

TEST(Workload, RefusesOptionsOutOfBounds) {
  const auto error_of = [](const auto& change) {
    Options options;
    change(options);
    const auto made = Workload::make(options);
    return made.has_value() ? std::string("made") : made.error().message();
  };
  EXPECT_EQ(error_of([](Options& o) { o.rate = 0; }),
            "generate: rate has to be 1 to 1000000 records a second");
  EXPECT_EQ(error_of([](Options& o) { o.brands = 0; }), "generate: brands has to be 1 to 10000");
  EXPECT_EQ(error_of([](Options& o) { o.currencies.clear(); }),
            "generate: currencies has to be at least one with a weight");
  EXPECT_EQ(error_of([](Options& o) { o.base_currency = "EURO"; }),
            "generate: base_currency has to be three letters, as in EUR");
  EXPECT_NE(error_of([](Options& o) { o.shares.reposts = 1'000'000; }), "made");
  EXPECT_NE(error_of([](Options& o) { o.shares.redelivered = 1'000'000; }), "made");
  EXPECT_NE(error_of([](Options& o) { o.shares.edited = 1'000'001; }), "made");
  EXPECT_NE(error_of([](Options& o) { o.posts_partitions = 0; }), "made");
  EXPECT_NE(error_of([](Options& o) { o.lateness_us = -1; }), "made");
  EXPECT_NE(error_of([](Options& o) { o.authors = 1; }), "made");
  EXPECT_NE(error_of([](Options& o) { o.start = 0; }), "made");
  EXPECT_EQ(error_of([](Options&) {}), "made");
}

TEST(Envelope, HoldsKeyTimeAndValue) {
  Record record;
  record.partition = 3;
  record.offset = 12;
  record.timestamp = 1'772'438'400'001'000;
  record.has_key = true;
  record.key = "a\"b";
  record.value = "{\"text\":\"ä\\n\"}";
  EXPECT_EQ(write_envelope(record),
            R"({"partition":3,"offset":12,"timestamp":"2026-03-02T08:00:00.001000Z",)"
            R"("key":"a\"b","value":"{\"text\":\"ä\\n\"}"})");
  record.has_key = false;
  record.is_utf8 = false;
  record.value = "\xff{";
  const json line = json::parse(write_envelope(record));
  EXPECT_TRUE(line["key"].is_null());
  EXPECT_FALSE(line.contains("value"));
  EXPECT_EQ(base::base64_decode(line["value_base64"].get<std::string>()), record.value);
}

TEST(Envelope, EveryRecordOfAWorkloadReadsBack) {
  Options options;
  options.events = 5'000;
  options.shares.broken = 200'000;
  Workload workload = make(options);
  size_t bytes = 0;
  for (const Record& record : records_of(workload)) {
    const json line = json::parse(write_envelope(record));
    const std::string value = record.is_utf8
                                  ? line["value"].get<std::string>()
                                  : *base::base64_decode(line["value_base64"].get<std::string>());
    ASSERT_EQ(value, record.value);
    bytes += record.is_utf8 ? 0 : 1;
  }
  EXPECT_GT(bytes, 10U);
}

}  // namespace
}  // namespace kaiku::generate
