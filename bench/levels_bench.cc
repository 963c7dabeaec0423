// The levels behind the items: orders, keys, verdicts, what reaches the board of a brand, and the
// market. Over RocksDB, with a commit each 10,000 messages, which is part of the price.
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "kaiku/board/board.h"
#include "kaiku/commerce/order_book.h"
#include "kaiku/journey/key_book.h"
#include "kaiku/journey/verdict_book.h"
#include "kaiku/money/decimal.h"

#include "corpus.h"
#include "measure.h"
#include "shelf.h"

namespace kaiku::bench {
namespace {

constexpr base::EventTime kStart = 1'772'438'400 * base::kSecond;
constexpr int64_t kEuro = 1'000'000;
constexpr uint64_t kCustomers = 20'000;
constexpr uint64_t kTouches = 4;  // of a customer before an order
const std::array<std::string, 4> kChannels{"x", "reddit", "forum", "email"};

const std::string& channel_of(uint64_t number) {
  return kChannels[number % kChannels.size()];
}

const std::vector<std::string>& brand_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (size_t i = 0; i < kBrands; ++i) {
      all.push_back("brand" + std::to_string(i));
    }
    return all;
  }();
  return names;
}

const std::string& brand_of(uint64_t number) {
  return brand_names()[number % kBrands];
}

class Receiver final : public commerce::JourneySink, public journey::KeySink {
 public:
  base::Status on_change(const commerce::InForce& /*before*/,
                         const commerce::InForce& /*now*/) override {
    ++told;
    return base::Status::ok();
  }

  void on_answer(const model::KeyAnswerMessage& answer) override { told += answer.entries.size(); }

  void on_figures(const exchange::DeltaKey& /*key*/,
                  const aggregate::AttributionFigures& /*figures*/) override {
    ++told;
  }

  uint64_t told = 0;
};

// Calls `step` with 0, 1, ... and commits each kEpoch of them.
template <typename Step>
void in_epochs(benchmark::State& state, Shelf& shelf, const Step& step) {
  uint64_t number = 0;
  for (auto round : state) {
    (void)round;
    for (size_t i = 0; i < corpus_size(); ++i) {
      step(number++);
      if (number % kEpoch == 0) {
        shelf.commit();
      }
    }
  }
  report(state, number);
}

// --- orders

class Shop {
 public:
  void order(uint64_t number) {
    model::KeyPart keys;
    keys.add(model::KeyKind::kCustomer, digest_of(2, number % kCustomers));
    keys.touch_channel = channel_of(number);
    model::OrderMessage message = of(number, number);
    message.kind = model::BusinessKind::kOrder;
    message.amount_micros = 40 * kEuro;
    message.channel = "web";
    message.keys = &keys;
    apply(message);
  }

  // Of the order of that number.
  void refund(uint64_t number) {
    model::OrderMessage message = of(number, ~number);
    message.kind = model::BusinessKind::kRefund;
    message.amount_micros = 10 * kEuro;
    apply(message);
  }

  Shelf shelf;
  uint64_t deltas = 0;

 private:
  [[nodiscard]] static model::OrderMessage of(uint64_t order, uint64_t business) {
    model::OrderMessage message;
    message.order = digest_of(4, order);
    message.business = digest_of(4, business);
    message.version = 1;
    message.occurred_at = kStart + static_cast<int64_t>(order) * 1'000;
    message.currency = *money::parse_currency("EUR");
    message.brand = brand_of(order);
    return message;
  }

  void apply(const model::OrderMessage& message) {
    const auto applied = book_.apply(
        message, [this](const auto& /*key*/, const auto& /*delta*/) { ++deltas; }, &receiver_);
    if (!applied.has_value() || applied.value() != commerce::Applied::kInForce) {
      fail("a business record was not taken");
    }
  }

  commerce::OrderBook book_{shelf.tables()};
  Receiver receiver_;
};

void Orders(benchmark::State& state) {
  Shop shop;
  in_epochs(state, shop.shelf, [&shop](uint64_t number) { shop.order(number); });
  if (shop.deltas == 0) {
    state.SkipWithError("no order was booked");
  }
}

void Refunds(benchmark::State& state) {
  Shop shop;
  for (size_t i = 0; i < corpus_size(); ++i) {
    shop.order(i);
  }
  shop.shelf.commit();
  shop.shelf.flush();
  in_epochs(state, shop.shelf, [&shop](uint64_t number) { shop.refund(number); });
}

// --- keys

// Every customer was touched four times in the days before.
void Questions(benchmark::State& state) {
  Shelf shelf;
  Receiver receiver;
  journey::KeyBook book({}, shelf.tables());
  check(book.load());
  for (uint64_t i = 0; i < kCustomers * kTouches; ++i) {
    model::KeyEntryMessage touch;
    touch.key = digest_of(2, i % kCustomers);
    touch.id = digest_of(3, i);
    touch.at = kStart - static_cast<int64_t>(1 + i / kCustomers) * base::kDay;
    touch.brand = brand_of(i);
    touch.channel = channel_of(i / kCustomers);
    check(book.accept(touch, receiver));
  }
  shelf.commit();
  shelf.flush();
  receiver.told = 0;
  in_epochs(state, shelf, [&](uint64_t number) {
    model::KeyQuestionMessage question;
    question.key = digest_of(2, number % kCustomers);
    question.asker = digest_of(4, number);
    question.number = 1;
    question.to = kStart + static_cast<int64_t>(number) * 1'000;
    question.from = question.to - 30 * base::kDay;
    check(book.ask(question, receiver));
    if (number % kEpoch == kEpoch - 1) {
      check(book.advance(question.to, question.to, receiver));
    }
  });
  if (receiver.told == 0) {
    state.SkipWithError("no question was answered");
  }
}

// --- verdicts

// An order as its stage tells it, then the answer of its customer's key.
void Verdicts(benchmark::State& state) {
  Shelf shelf;
  journey::VerdictBook book({}, shelf.tables());
  uint64_t changes = 0;
  const journey::FiguresSink sink = [&changes](const auto& /*key*/, const auto& /*figures*/) {
    ++changes;
  };
  in_epochs(state, shelf, [&](uint64_t number) {
    const std::array<journey::AskedKey, 1> keys{{{digest_of(2, number % kCustomers)}}};
    journey::OrderInForce order;
    order.order = digest_of(4, number);
    order.number = 1;
    order.net_micros = 40 * kEuro;
    order.currency = *money::parse_currency("EUR");
    order.at = kStart + static_cast<int64_t>(number) * 1'000;
    order.rate_day = base::day_of(order.at);
    order.brand = brand_of(number);
    order.channel = "web";
    order.keys = keys;
    check(book.tell(order, sink));
    std::array<model::KeyEntry, kTouches> touches;
    for (size_t i = 0; i < kTouches; ++i) {
      touches[i] = {digest_of(3, number * kTouches + i),
                    order.at - static_cast<int64_t>(kTouches - i) * base::kDay,
                    channel_of(number + i)};
    }
    model::KeyAnswerMessage answer;
    answer.asker = order.order;
    answer.number = order.number;
    answer.key = keys[0].key;
    answer.entries = touches;
    check(book.answer(answer, sink));
  });
  if (changes == 0) {
    state.SkipWithError("nothing was attributed");
  }
}

// --- the board, and the market as one of its cells

std::shared_ptr<board::BoardPlan> board_plan() {
  auto plan = std::make_shared<board::BoardPlan>(*load_plan({})->board);
  plan->kpi_windows = {"hour", "day"};
  for (size_t i = 0; i < kBrands; i += 10) {
    board::Market market;
    market.cells = exchange::kMarketMark + ("market" + std::to_string(i / 10));
    market.brands.assign(brand_names().begin() + static_cast<int64_t>(i),
                         brand_names().begin() + static_cast<int64_t>(i) + 10);
    plan->markets.push_back(std::move(market));
  }
  return plan;
}

class Desk {
 public:
  // Changes of one brand, channel and minute; ten of a brand before the next minute.
  void merge(uint64_t number,
             model::ItemType type,
             std::string_view brand,
             std::string_view channel,
             const aggregate::Aggregate& delta) {
    const base::EventTime at = kStart + static_cast<int64_t>(number / kEpoch) * base::kMinute;
    check(board_.merge({base::minute_of(at), type, brand, channel}, delta));
    if (number % kEpoch == kEpoch - 1) {
      seal(at);
    }
  }

  void seal(base::EventTime watermark) {
    board_.advance(watermark, watermark - base::kDay);
    check(board_.seal(false, published));
    shelf.commit();
  }

  Shelf shelf;
  std::vector<board::Published> published;

 private:
  board::Board board_{board_plan(), shelf.tables()};
};

aggregate::Aggregate answered_conversation(uint64_t number) {
  aggregate::Aggregate delta;
  aggregate::ConversationFigures& figures = delta.conversations.make();
  figures.first_answer_by[0] = 1;
  figures.sla_met = 1;
  figures.messages = {2, 1, 0, 0};
  figures.first_response_public.record(60'000 + number % 3'600'000);
  figures.members.add(digest_of(5, number).lo);
  return delta;
}

// `place` answers the brand and the channel of a number, `make` its figures.
template <typename Place, typename Make>
void merge_all(benchmark::State& state,
               model::ItemType type,
               const Place& place,
               const Make& make) {
  Desk desk;
  uint64_t number = 0;
  for (auto round : state) {
    (void)round;
    for (size_t i = 0; i < corpus_size(); ++i, ++number) {
      const auto [brand, channel] = place(number);
      desk.merge(number, type, brand, channel, make(number));
    }
    desk.published.clear();
  }
  report(state, number);
}

auto brand_and_channel(uint64_t number) {
  return std::pair(brand_of(number), channel_of(number / kBrands));
}

void BoardConversations(benchmark::State& state) {
  merge_all(state, model::ItemType::kSupportMessage, brand_and_channel, answered_conversation);
}

void BoardAttributions(benchmark::State& state) {
  merge_all(state, model::ItemType::kBusinessEvent, brand_and_channel, [](uint64_t number) {
    aggregate::Aggregate delta;
    aggregate::AttributionFigures& figures = delta.attribution.make();
    figures.conversion_millionths.fill(aggregate::kConversionMillionths /
                                       static_cast<int64_t>(1 + number % 4));
    return delta;
  });
}

aggregate::Aggregate voice(uint64_t number) {
  aggregate::Aggregate delta;
  delta.by_relation[0] = 3;
  for (uint64_t i = 0; i < 3; ++i) {
    delta.authors.add(digest_of(5, number * 3 + i).lo);
  }
  return delta;
}

// A minute's mentions of a brand and channel, told once more to the market of the brand.
void MarketMentions(benchmark::State& state) {
  const auto plan = board_plan();
  const auto in_its_market = [&](uint64_t number) {
    return std::pair(plan->markets[number % kBrands / 10].cells, brand_of(number));
  };
  merge_all(state, model::ItemType::kMention, in_its_market, voice);
}

// An hour and a day of 50 markets with ten brands each end: an event is a brand's record of its
// share of voice.
void MarketClose(benchmark::State& state) {
  const auto plan = board_plan();
  uint64_t records = 0;
  for (auto round : state) {
    (void)round;
    state.PauseTiming();
    auto desk = std::make_unique<Desk>();
    for (uint64_t i = 0; i < kBrands; ++i) {
      desk->merge(i, model::ItemType::kMention, plan->markets[i / 10].cells, brand_of(i), voice(i));
    }
    desk->seal(kStart + base::kMinute);
    desk->published.clear();
    state.ResumeTiming();
    desk->seal(kStart + 2 * base::kDay);
    state.PauseTiming();
    records += desk->published.size();
    desk.reset();
    state.ResumeTiming();
  }
  if (records == 0) {
    state.SkipWithError("no share was published");
  }
  report(state, records);
}

BENCHMARK(Orders)->Unit(benchmark::kMillisecond);
BENCHMARK(Refunds)->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK(Questions)->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK(Verdicts)->Unit(benchmark::kMillisecond);
BENCHMARK(BoardConversations)->Unit(benchmark::kMillisecond);
BENCHMARK(BoardAttributions)->Unit(benchmark::kMillisecond);
BENCHMARK(MarketMentions)->Unit(benchmark::kMillisecond);
BENCHMARK(MarketClose)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kaiku::bench

BENCHMARK_MAIN();
