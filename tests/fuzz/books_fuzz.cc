// Values of the tables of conversations, keys, openings and verdicts: refused, or the same when
// written again. And a book over a table with such values, or rows of signals or a schedule: it
// loads and goes on, or says that the store is damaged.
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/conversation/conversation_book.h"
#include "kaiku/journey/key_book.h"
#include "kaiku/journey/opening_book.h"
#include "kaiku/journey/verdict_book.h"
#include "kaiku/shard/schedule.h"
#include "kaiku/signal/alert_budget.h"
#include "kaiku/signal/deadline_desk.h"
#include "kaiku/signal/signal_book.h"
#include "kaiku/state/memory_store.h"
#include "kaiku/state/tables.h"

#include "conversation/conversation_record.h"
#include "fuzz/rows.h"
#include "fuzz/target.h"
#include "journey/key_record.h"
#include "journey/opening_record.h"
#include "journey/question_day.h"
#include "journey/verdict_record.h"

namespace kaiku::fuzz {
namespace {

using state::TableId;

constexpr base::EventTime kNow = 1'700'000'000'000'000;
constexpr base::Digest kThread{1, 2};
constexpr base::Digest kCustomer{3, 4};
constexpr base::Digest kOrder{5, 6};

enum Part : uint8_t {
  kConversation,
  kKey,
  kQuestions,
  kVerdict,
  kConversations,
  kKeys,
  kSignals,
  kAlerts,
  kSchedule,
  kOpening,
  kOpenings,
  kParts
};

class Ignore final : public conversation::ConversationSink, public journey::KeySink {
 public:
  void on_delta(const exchange::DeltaKey&,
                const aggregate::ConversationFigures&,
                uint8_t) override {}

  void on_entry(const model::KeyEntryMessage&) override {}

  void on_question(const model::KeyQuestionMessage&) override {}

  void on_record(const conversation::OutcomeRecord& record) override {
    require(!record.key.empty() && !record.value.empty());
  }

  void on_deadline(const model::DeadlineMessage& message) override {
    require(!message.key.empty() && (message.url.empty() || !message.value.empty()));
  }

  void on_fact(const conversation::Fact& fact) override { require(fact.waited_us >= 0); }

  void on_answer(const model::KeyAnswerMessage&) override {}

  void on_figures(const exchange::DeltaKey&, const aggregate::AttributionFigures&) override {}
};

template <typename Record>
void try_record(std::string_view bytes) {
  Record record;
  if (!record.decode(bytes)) {
    return;
  }
  const std::string once = record.encode();
  Record copy;
  require(copy.decode(once));
  require(copy.encode() == once);
}

std::unique_ptr<state::Tables> tables_of(state::MemoryStore& store) {
  auto tables = state::open_tables(store, "fuzz", 0);
  require(tables.has_value());
  return std::move(tables).value();
}

std::shared_ptr<const conversation::ConversationPlan> plan() {
  auto made = std::make_shared<conversation::ConversationPlan>();
  made->targets = {{"all", "", model::Severity::kNone, "", base::kHour, false}};
  return made;
}

model::ConversationMessage said(int64_t minutes, model::AuthorRole role) {
  model::ConversationMessage message;
  message.conversation = kThread;
  message.item = {static_cast<uint64_t>(minutes), 7};
  message.type = model::ItemType::kBugReport;
  message.author_role = role;
  message.has_author = true;
  message.author = static_cast<uint64_t>(role);
  message.at = kNow + minutes * base::kMinute;
  message.brand = "kirkas";
  message.channel = "forum";
  message.url = "https://forum.example/t1";
  return message;
}

void fill(std::string_view bytes, TableId table, state::Tables& tables) {
  for_each_row(bytes, [&](std::string key, std::string value) {
    tables.put(table, std::move(key), std::move(value));
  });
}

void try_conversations(std::string_view bytes) {
  state::MemoryStore store;
  const auto tables = tables_of(store);
  fill(bytes, TableId::kConversations, *tables);
  conversation::ConversationBook book(plan(), *tables);
  if (!book.load().is_ok()) {
    return;
  }
  Ignore sink;
  require(book.accept(said(1, model::AuthorRole::kCustomer)).is_ok());
  static_cast<void>(book.advance(kNow + base::kDay, kNow + base::kDay, sink));
  static_cast<void>(book.advance(base::kTimeEnd, base::kTimeEnd, sink));
}

void try_keys(std::string_view bytes) {
  state::MemoryStore store;
  const auto tables = tables_of(store);
  fill(bytes, TableId::kKeys, *tables);
  journey::KeyBook book({}, *tables);
  if (!book.load().is_ok()) {
    return;
  }
  Ignore sink;
  static_cast<void>(book.advance(kNow + base::kDay, kNow + base::kDay, sink));
  static_cast<void>(book.advance(base::kTimeEnd, base::kTimeEnd, sink));
}

// Ten posts with one word and a link that poses as the brand's.
void say(signal::SignalBook& book, int64_t minutes) {
  aggregate::Aggregate delta;
  delta.by_relation[0] = 10;
  aggregate::SignalFigures& told = delta.signals.make();
  for (uint64_t author = 0; author < 10; ++author) {
    told.terms.add(1, "lasi", &author);
    told.subjects[1].add(2, "kirkas-tuki.com", &author);
    aggregate::Example example{author + 1, author, true, "https://x.example/1", {}};
    example.add(2);
    told.examples.add(std::move(example));
  }
  told.examples.take_away(3);
  const int32_t minute = base::minute_of(kNow + minutes * base::kMinute);
  book.accept({minute, model::ItemType::kMention, "kirkas", "x"}, delta);
}

void try_signals(std::string_view bytes) {
  state::MemoryStore store;
  const auto tables = tables_of(store);
  fill(bytes, TableId::kSignals, *tables);
  signal::AlertBudget budget(20, 0, *tables);
  signal::SignalBook book(std::make_shared<signal::SignalPlan>(), budget, *tables);
  if (!book.load().is_ok()) {
    return;
  }
  const auto ignore = [](const signal::AlertRecord& record) {
    require(!record.key.empty() && !record.value.empty());
  };
  say(book, 1);
  book.seal(kNow + base::kDay, ignore);
  book.seal(base::kTimeEnd, ignore);
}

shard::Schedule dated() {
  return {{shard::Catalogue::kPrices, "margin,*,*", kNow - base::kDay, "0.5"},
          {shard::Catalogue::kMarkets, "drinks", base::kTimeBegin, "kirkas lahde"}};
}

constexpr std::array kCatalogues = {shard::Catalogue::kPrices, shard::Catalogue::kMarkets};

void try_schedule(std::string_view bytes) {
  state::MemoryStore store;
  const auto tables = tables_of(store);
  fill(bytes, TableId::kSchedule, *tables);
  shard::TakenSchedule taken(*tables);
  if (!taken.load().is_ok()) {
    return;
  }
  const base::Status status = taken.check(kCatalogues, dated(), kNow);
  require(status.is_ok() == status.message().empty());
  static_cast<void>(taken.take(kCatalogues, dated(), kNow));
  require(taken.load().is_ok());
  require(taken.check(kCatalogues, dated(), base::kTimeEnd).is_ok());
}

void open(journey::OpeningBook& book, uint64_t id) {
  model::OpeningMessage opening;
  opening.customer = kCustomer;
  opening.id = {id, 0};
  opening.at = kNow + static_cast<int64_t>(id) * base::kHour;
  opening.brand = "kirkas";
  opening.channel = id % 2 == 0 ? "x" : "email";
  opening.part = {{id, 1}, true, {1, 2, 3}};
  require(book.accept(opening, [](const auto&, const auto&) {}).is_ok());
}

void try_openings(std::string_view bytes) {
  state::MemoryStore store;
  const auto tables = tables_of(store);
  fill(bytes, TableId::kOpenings, *tables);
  journey::OpeningBook book({}, *tables);
  if (!book.load().is_ok()) {
    return;
  }
  const auto ignore = [](const auto&, const auto&) {};
  // A row that the book had no reason to write may be found damaged when it is read.
  static_cast<void>(book.advance(kNow + base::kDay, kNow + base::kDay, ignore));
  static_cast<void>(book.advance(base::kTimeEnd, base::kTimeEnd, ignore));
}

// The rows of a table, with values alone in `values`.
std::string rows_of_table(const state::Tables& tables,
                          TableId table,
                          std::vector<std::string>& values) {
  std::string rows;
  base::ByteWriter out(rows);
  require(tables
              .scan(table,
                    [&](std::string_view key, std::string_view value) {
                      out.bytes(key);
                      out.bytes(value);
                      values.emplace_back(value);
                    })
              .is_ok());
  return rows;
}

void add_conversations(std::vector<std::string>& seeds) {
  state::MemoryStore store;
  const auto tables = tables_of(store);
  conversation::ConversationBook book(plan(), *tables);
  require(book.load().is_ok());
  Ignore sink;
  require(book.accept(said(1, model::AuthorRole::kCustomer)).is_ok());
  require(book.accept(said(2, model::AuthorRole::kBrand)).is_ok());
  require(book.accept(said(90, model::AuthorRole::kCustomer)).is_ok());
  require(book.advance(kNow + base::kHour, kNow, sink).is_ok());
  std::vector<std::string> values;
  seeds.push_back(chosen(kConversations, rows_of_table(*tables, TableId::kConversations, values)));
  require(values.size() == 1);
  seeds.push_back(chosen(kConversation, values[0]));
}

void add_journeys(std::vector<std::string>& seeds) {
  state::MemoryStore store;
  const auto tables = tables_of(store);
  journey::KeyBook keys({}, *tables);
  require(keys.load().is_ok());
  Ignore sink;
  model::KeyEntryMessage touch;
  touch.key = kCustomer;
  touch.id = {8, 9};
  touch.at = kNow;
  touch.brand = "kirkas";
  touch.channel = "x";
  require(keys.accept(touch, sink).is_ok());
  model::KeyQuestionMessage question;
  question.key = kCustomer;
  question.asker = kOrder;
  question.number = 1;
  question.from = kNow - base::kDay;
  question.to = kNow + base::kDay;
  require(keys.ask(question, sink).is_ok());
  journey::VerdictBook verdicts({}, *tables);
  const journey::AskedKey asked{kCustomer, model::KeyKind::kCustomer};
  journey::OrderInForce order;
  order.order = kOrder;
  order.number = 1;
  order.counts = true;
  order.net_micros = 12'000'000;
  order.currency = {"EUR"};
  order.at = kNow + base::kHour;
  order.brand = "kirkas";
  order.channel = "web";
  order.keys = {&asked, 1};
  require(
      verdicts.tell(order, [](const exchange::DeltaKey&, const aggregate::AttributionFigures&) {})
          .is_ok());
  std::vector<std::string> values;
  seeds.push_back(chosen(kKeys, rows_of_table(*tables, TableId::kKeys, values)));
  for (const std::string& value : values) {
    seeds.push_back(chosen(kKey, value));
    seeds.push_back(chosen(kQuestions, value));
  }
  values.clear();
  static_cast<void>(rows_of_table(*tables, TableId::kVerdicts, values));
  require(values.size() == 1);
  seeds.push_back(chosen(kVerdict, values[0]));
}

void add_openings(std::vector<std::string>& seeds) {
  state::MemoryStore store;
  const auto tables = tables_of(store);
  journey::OpeningBook book({}, *tables);
  require(book.load().is_ok());
  open(book, 1);
  open(book, 2);
  require(book.advance(kNow, kNow, [](const auto&, const auto&) {}).is_ok());
  std::vector<std::string> values;
  seeds.push_back(chosen(kOpenings, rows_of_table(*tables, TableId::kOpenings, values)));
  for (const std::string& value : values) {
    seeds.push_back(chosen(kOpening, value));
  }
}

void add_signals(std::vector<std::string>& seeds) {
  state::MemoryStore store;
  const auto tables = tables_of(store);
  signal::AlertBudget budget(20, 0, *tables);
  signal::SignalBook book(std::make_shared<signal::SignalPlan>(), budget, *tables);
  require(book.load().is_ok());
  const auto ignore = [](const signal::AlertRecord&) {};
  for (int64_t minutes = -180; minutes < 0; minutes += 60) {
    say(book, minutes);
    book.seal(kNow + (minutes + 30) * base::kMinute, ignore);
  }
  std::vector<std::string> values;
  seeds.push_back(chosen(kSignals, rows_of_table(*tables, TableId::kSignals, values)));
  require(values.size() >= 5);  // a brand, an alert, a minute, an hour, a term
}

// Questions that nobody answered; some are told, some named in a digest, some wait.
void ask(signal::DeadlineDesk& desk, uint64_t from, uint64_t to, int64_t minutes) {
  for (uint64_t n = from; n < to; ++n) {
    model::DeadlineMessage message;
    message.kind = model::DeadlineKind::kBreach;
    message.conversation = {n, 1};
    message.asked_at = kNow;
    message.deadline = kNow + minutes * base::kMinute;
    message.brand = "kirkas";
    message.channel = "x";
    message.url = "https://forum.example/t";
    message.key = R"({"alert_id":"sla_breach-1"})";
    message.value = "{}";
    desk.accept(message);
  }
}

void try_alerts(std::string_view bytes) {
  state::MemoryStore store;
  const auto tables = tables_of(store);
  fill(bytes, TableId::kAlerts, *tables);
  signal::AlertBudget budget(2, 0, *tables);
  signal::DeadlineDesk desk({}, budget, *tables);
  if (!budget.load(kNow).is_ok() || !desk.load().is_ok()) {
    return;
  }
  ask(desk, 3, 5, 60);
  for (const base::EventTime until : {kNow + base::kDay, base::kTimeEnd}) {
    desk.seal(until, until, [](const model::DeadlineMessage& message) {
      require(message.state != model::DeadlineState::kEnded);
    });
    budget.tell(until, [](const signal::AlertRecord& record) { require(!record.key.empty()); });
  }
}

void add_alerts(std::vector<std::string>& seeds) {
  state::MemoryStore store;
  const auto tables = tables_of(store);
  signal::AlertBudget budget(1, 0, *tables);
  signal::DeadlineDesk desk({}, budget, *tables);
  ask(desk, 0, 2, 60);
  ask(desk, 2, 3, 200);
  desk.seal(kNow + 90 * base::kMinute, kNow, [](const model::DeadlineMessage&) {});
  budget.tell(kNow, [](const signal::AlertRecord&) {});
  std::vector<std::string> values;
  seeds.push_back(chosen(kAlerts, rows_of_table(*tables, TableId::kAlerts, values)));
  require(values.size() == 5);  // a brand, a digest, an alert of each state
}

void add_schedule(std::vector<std::string>& seeds) {
  state::MemoryStore store;
  const auto tables = tables_of(store);
  shard::TakenSchedule taken(*tables);
  static_cast<void>(taken.take(kCatalogues, dated(), kNow));
  std::vector<std::string> values;
  seeds.push_back(chosen(kSchedule, rows_of_table(*tables, TableId::kSchedule, values)));
  require(values.size() == 2);
}

}  // namespace

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  add_conversations(all);
  add_journeys(all);
  add_openings(all);
  add_signals(all);
  add_alerts(all);
  add_schedule(all);
  return all;
}

}  // namespace kaiku::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes = kaiku::fuzz::view_of(data + 1, size - 1);
  switch (data[0] % kaiku::fuzz::kParts) {
    case kaiku::fuzz::kConversation:
      kaiku::fuzz::try_record<kaiku::conversation::ConversationRecord>(bytes);
      break;
    case kaiku::fuzz::kKey:
      kaiku::fuzz::try_record<kaiku::journey::KeyRecord>(bytes);
      break;
    case kaiku::fuzz::kQuestions:
      kaiku::fuzz::try_record<kaiku::journey::QuestionDay>(bytes);
      break;
    case kaiku::fuzz::kVerdict:
      kaiku::fuzz::try_record<kaiku::journey::VerdictRecord>(bytes);
      break;
    case kaiku::fuzz::kConversations:
      kaiku::fuzz::try_conversations(bytes);
      break;
    case kaiku::fuzz::kKeys:
      kaiku::fuzz::try_keys(bytes);
      break;
    case kaiku::fuzz::kSignals:
      kaiku::fuzz::try_signals(bytes);
      break;
    case kaiku::fuzz::kAlerts:
      kaiku::fuzz::try_alerts(bytes);
      break;
    case kaiku::fuzz::kSchedule:
      kaiku::fuzz::try_schedule(bytes);
      break;
    case kaiku::fuzz::kOpening:
      kaiku::fuzz::try_record<kaiku::journey::OpeningRecord>(bytes);
      break;
    default:
      kaiku::fuzz::try_openings(bytes);
  }
  return 0;
}
