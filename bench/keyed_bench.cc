// The keyed stages with much that is open: a message to one of so many open conversations, a touch
// of one of so many customers, over RocksDB on disk, with a commit each 10,000 messages. Cost per
// message and memory per key must not grow with their number.
#include <algorithm>
#include <memory>

#include "kaiku/base/prng.h"
#include "kaiku/conversation/conversation_book.h"
#include "kaiku/journey/key_book.h"

#include "corpus.h"
#include "measure.h"
#include "shelf.h"

namespace kaiku::bench {
namespace {

constexpr base::EventTime kStart = 1'772'438'400 * base::kSecond;

// 400,000 unless told: more than one fold of the tables into their store.
size_t messages() {
  return 2 * corpus_size();
}

// A tenth of the largest number of keys and a hundredth, and that number; fewer of them in a run
// of fewer events.
template <int64_t kMost>
void with_keys(benchmark::internal::Benchmark* bench) {
  constexpr int64_t kEvents = 200'000;
  const auto events = static_cast<int64_t>(corpus_size());
  const int64_t keys = kMost * std::min(events, kEvents) / kEvents;
  for (const int64_t part : {100, 10, 1}) {
    bench->Arg(std::max<int64_t>(keys / part, 1));
  }
}

class NoSink final : public conversation::ConversationSink, public journey::KeySink {
 public:
  void on_delta(const exchange::DeltaKey&,
                const aggregate::ConversationFigures&,
                uint8_t) override {
    ++said;
  }

  void on_entry(const model::KeyEntryMessage&) override { ++said; }

  void on_question(const model::KeyQuestionMessage&) override { ++said; }

  void on_record(const conversation::OutcomeRecord&) override { ++said; }

  void on_deadline(const model::DeadlineMessage&) override { ++said; }

  void on_fact(const conversation::Fact&) override { ++said; }

  void on_answer(const model::KeyAnswerMessage&) override { ++said; }

  void on_figures(const exchange::DeltaKey&, const aggregate::AttributionFigures&) override {
    ++said;
  }

  uint64_t said = 0;
};

std::shared_ptr<const conversation::ConversationPlan> conversation_plan() {
  auto plan = std::make_shared<conversation::ConversationPlan>();
  plan->targets = {{"all", "", model::Severity::kNone, "", 40 * base::kDay, false}};
  return plan;
}

class Talks {
 public:
  explicit Talks(uint64_t open) : open_(open), book_(conversation_plan(), shelf_.tables()) {
    check(book_.load());
    for (uint64_t number = 0; number < open_; ++number) {
      say(number, model::AuthorRole::kCustomer);
    }
    end_epoch();
    shelf_.flush();
  }

  // Every third word is the brand's.
  void say_something(uint64_t random) {
    say(random % open_,
        random >> 40 & 3U ? model::AuthorRole::kCustomer : model::AuthorRole::kBrand);
  }

  void end_epoch() {
    check(book_.advance(now_ - base::kMinute, now_ - base::kMinute, sink_));
    shelf_.commit();
  }

  [[nodiscard]] const conversation::ConversationBook& book() const { return book_; }

 private:
  void say(uint64_t number, model::AuthorRole role) {
    now_ += 1'000;
    model::ConversationMessage message;
    message.conversation = digest_of(0, number);
    message.item = digest_of(1, ++said_);
    message.type = model::ItemType::kSupportMessage;
    message.visibility = model::Visibility::kPublic;
    message.author_role = role;
    message.has_author = true;
    message.author = role == model::AuthorRole::kBrand ? 1 : number + 2;
    message.at = now_;
    message.brand = "kirkas";
    message.channel = "x";
    check(book_.accept(message));
    if (said_ % kEpoch == 0) {
      end_epoch();
    }
  }

  uint64_t open_;
  Shelf shelf_;
  NoSink sink_;
  conversation::ConversationBook book_;
  base::EventTime now_ = kStart;
  uint64_t said_ = 0;
};

void OpenConversations(benchmark::State& state) {
  const auto open = static_cast<uint64_t>(state.range(0));
  Talks talks(open);
  const size_t count = messages();
  base::Prng prng(7);
  for (auto step : state) {
    (void)step;
    for (size_t i = 0; i < count; ++i) {
      talks.say_something(prng.next());
    }
  }
  if (talks.book().open_count() != open) {
    state.SkipWithError("a conversation was closed");
  }
  report(state, static_cast<uint64_t>(state.iterations()) * count);
  state.counters["bytes_per_key"] =
      static_cast<double>(talks.book().memory_bytes()) / static_cast<double>(open);
}

class Customers {
 public:
  explicit Customers(uint64_t count) : count_(count), book_({}, shelf_.tables()) {
    check(book_.load());
    for (uint64_t number = 0; number < count_; ++number) {
      touch(number);
    }
    end_epoch();
    shelf_.flush();
  }

  void touch_somebody(uint64_t random) { touch(random % count_); }

  void end_epoch() {
    check(book_.advance(now_ - base::kMinute, now_ - base::kMinute, sink_));
    shelf_.commit();
  }

  [[nodiscard]] size_t memory_bytes() const { return book_.memory_bytes(); }

 private:
  void touch(uint64_t number) {
    now_ += 1'000;
    model::KeyEntryMessage message;
    message.key = digest_of(2, number);
    message.id = digest_of(3, ++told_);
    message.at = now_;
    message.brand = "kirkas";
    message.channel = told_ % 3 == 0 ? "x" : "forum";
    check(book_.accept(message, sink_));
    if (told_ % kEpoch == 0) {
      end_epoch();
    }
  }

  uint64_t count_;
  Shelf shelf_;
  NoSink sink_;
  journey::KeyBook book_;
  base::EventTime now_ = kStart;
  uint64_t told_ = 0;
};

void CustomersWithTouches(benchmark::State& state) {
  const auto keys = static_cast<uint64_t>(state.range(0));
  Customers customers(keys);
  const size_t count = messages();
  base::Prng prng(7);
  for (auto step : state) {
    (void)step;
    for (size_t i = 0; i < count; ++i) {
      customers.touch_somebody(prng.next());
    }
  }
  report(state, static_cast<uint64_t>(state.iterations()) * count);
  state.counters["bytes_per_key"] =
      static_cast<double>(customers.memory_bytes()) / static_cast<double>(keys);
}

BENCHMARK(OpenConversations)->Apply(with_keys<100'000>)->Unit(benchmark::kMillisecond);
BENCHMARK(CustomersWithTouches)->Apply(with_keys<1'000'000>)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kaiku::bench

BENCHMARK_MAIN();
