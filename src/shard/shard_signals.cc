// A shard's signals: what deltas say to the brands it is home of, and the alerts that come of it;
// and which alerts of deadlines are told.
#include <algorithm>

#include "kaiku/shard/router.h"
#include "kaiku/shard/shard.h"

namespace kaiku::shard {

// The signals take terms and subjects; cells keep the counts.
void Shard::take_signals(const exchange::DeltaKey& key, aggregate::Aggregate& delta) {
  if (signals_ == nullptr || exchange::is_aside(key.brand)) {
    return;
  }
  signals_->accept(key, delta);
  if (delta.signals.get() != nullptr) {
    delta.signals.make().drop_tables();
  }
}

// A source is watched at one shard, to which its routers tell their progress as to every other.
void Shard::watch_sources() {
  for (size_t i = 0; i < plan_.sources.size(); ++i) {
    if (plan_.signals->expect_every.contains(plan_.sources[i].name) &&
        shard_of_brand(plan_.key, plan_.sources[i].name, plan_.shards) == number_) {
      watched_.push_back(i);
    }
  }
}

signal::SourceWatch Shard::watch_of(size_t source) const {
  signal::SourceWatch watch;
  watch.known_to = base::kTimeEnd;
  const auto partitions = static_cast<size_t>(topology_.partitions[source]);
  for (size_t i = 0; i < partitions; ++i) {
    const Sender& router = routed_[first_routed_[source] + i];
    watch.voice.add(router.voice);
    watch.known_to =
        std::min(watch.known_to, router.progress[index(model::Level::kRoute)].effective);
  }
  return watch;
}

bool Shard::has_signals_due() const {
  if (signals_ == nullptr) {
    return false;
  }
  return signals_->has_work(board_input_.effective) ||
         std::any_of(watched_.begin(), watched_.end(), [this](size_t source) {
           return signals_->has_news_of(plan_.sources[source].name, watch_of(source));
         });
}

// A delta is one message, and a message is small: most terms of a large one go ahead of it, in
// deltas of their own.
void Shard::send_terms(const exchange::DeltaKey& key, aggregate::Aggregate& delta) {
  constexpr size_t kTermsPerMessage = 128;  // 23 KB at most
  while (delta.signals.get() != nullptr &&
         delta.signals.get()->terms.entries().size() > kTermsPerMessage) {
    aggregate::Aggregate part;
    part.signals.make().terms = delta.signals.make().terms.split_off(kTermsPerMessage);
    send_delta(key, part);
  }
}

void Shard::look_for_signals(SealedEpoch& sealed) {
  if (signals_ == nullptr) {
    return;
  }
  const auto sink = [this, &sealed](const signal::AlertRecord& record) {
    ++sealed.alerts;
    outputs_.push_back(signal_record(plan_, record));
  };
  signals_->seal(board_input_.effective, sink);
  for (const size_t source : watched_) {
    signals_->watch(plan_.sources[source].name, watch_of(source), sink);
  }
}

void Shard::on_deadline(const model::DeadlineMessage& message) {
  if (deadlines_ != nullptr) {
    deadlines_->accept(message);
  }
}

bool Shard::has_alerts_due() const {
  return (deadlines_ != nullptr && deadlines_->has_work(board_input_.effective)) ||
         (alert_budget_ != nullptr && alert_budget_->has_work(board_input_.effective));
}

// Digests come last: they tell of what the others had no room for.
void Shard::tell_alerts(SealedEpoch& sealed) {
  if (deadlines_ != nullptr) {
    deadlines_->seal(board_input_.effective,
                     board_input_.data,
                     [this, &sealed](const model::DeadlineMessage& message) {
                       ++sealed.alerts;
                       outputs_.push_back(deadline_record(plan_, message));
                     });
  }
  if (alert_budget_ != nullptr) {
    alert_budget_->tell(board_input_.effective, [this, &sealed](const signal::AlertRecord& record) {
      ++sealed.alerts;
      outputs_.push_back(signal_record(plan_, record));
    });
  }
}

}  // namespace kaiku::shard
