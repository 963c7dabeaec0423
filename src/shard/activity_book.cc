#include "kaiku/shard/activity_book.h"

#include <algorithm>
#include <iterator>

#include "kaiku/base/limits.h"
#include "kaiku/match/brand_matcher.h"
#include "kaiku/match/channel_table.h"

namespace kaiku::shard {
namespace {

using conversation::Fact;

template <typename T>
void move_behind(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  from.clear();
}

}  // namespace

void ConversationCounts::count(const Fact& fact) {
  const auto answered_by = [this](aggregate::AnsweredBy who) {
    ++answered[static_cast<size_t>(who)];
  };
  switch (fact.kind) {
    case Fact::Kind::kAnsweredByBrand:
      answered_by(aggregate::AnsweredBy::kBrand);
      break;
    case Fact::Kind::kAnsweredByPeer:
      answered_by(aggregate::AnsweredBy::kPeer);
      break;
    case Fact::Kind::kAnsweredByBot:
      answered_by(aggregate::AnsweredBy::kBot);
      break;
    case Fact::Kind::kResponded:
      (fact.visibility == model::Visibility::kPrivate ? first_response_private
                                                      : first_response_public)
          .record(fact.waited_us);
      break;
    case Fact::Kind::kSlaMet:
      ++sla[static_cast<size_t>(fact.type)].met;
      break;
    case Fact::Kind::kSlaBreached:
      ++sla[static_cast<size_t>(fact.type)].breached;
      break;
    case Fact::Kind::kResolved:
      resolution.record(fact.waited_us);
      break;
    case Fact::Kind::kDeflected:
      ++deflected;
      break;
  }
}

void ConversationCounts::add(const ConversationCounts& other) {
  for (size_t i = 0; i < answered.size(); ++i) {
    answered[i] += other.answered[i];
  }
  for (size_t i = 0; i < sla.size(); ++i) {
    sla[i].met += other.sla[i].met;
    sla[i].breached += other.sla[i].breached;
  }
  deflected += other.deflected;
  first_response_public.add(other.first_response_public);
  first_response_private.add(other.first_response_private);
  resolution.add(other.resolution);
}

void ActivityBook::Changes::append(Changes&& later) {
  move_behind(items, later.items);
  move_behind(facts, later.facts);
  move_behind(steps, later.steps);
  move_behind(saved, later.saved);
}

void ActivityBook::Changes::clear() {
  items.clear();
  facts.clear();
  steps.clear();
  saved.clear();
}

ActivityBook::ActivityBook(std::span<const board::Campaign> campaigns) : campaigns_(campaigns) {
  for (const board::Campaign& campaign : campaigns_) {
    campaign_index_.emplace(campaign.cells, static_cast<uint32_t>(steps_.size()));
    steps_.emplace_back(campaign.steps.size());
  }
}

void ActivityBook::count_items(uint64_t cell,
                               const exchange::DeltaKey& key,
                               const std::array<int64_t, model::kRelations>& by_relation) {
  const auto [at, is_new] = item_index_.try_emplace(cell, static_cast<uint32_t>(items_.size()));
  if (is_new) {
    items_.push_back({key.type, key.brand, key.channel, {}});
  }
  open_.items.push_back({at->second, by_relation});
}

uint32_t ActivityBook::place_of(std::string_view brand, std::string_view channel) {
  std::pair<std::string, std::string> names(brand, channel);
  const auto found = place_index_.find(names);
  if (found != place_index_.end()) {
    return found->second;
  }
  const bool is_full = conversations_.size() >= base::limits::kCellsPerWindow;
  if (is_full &&
      names != std::pair(std::string(match::kOtherBrand), std::string(match::kOtherChannel))) {
    return place_of(match::kOtherBrand, match::kOtherChannel);
  }
  const auto number = static_cast<uint32_t>(conversations_.size());
  conversations_.push_back({names.first, names.second, {}});
  place_index_.emplace(std::move(names), number);
  return number;
}

void ActivityBook::count(const Fact& fact) {
  FactChange change{place_of(fact.brand, fact.channel), fact};
  change.fact.brand = {};
  change.fact.channel = {};
  open_.facts.push_back(change);
}

void ActivityBook::change_steps(std::string_view cells,
                                std::string_view channel,
                                const board::MeasureCounts& before,
                                const board::MeasureCounts& after) {
  const auto found = campaign_index_.find(cells);
  if (found == campaign_index_.end()) {
    return;
  }
  const std::vector<board::CampaignStep>& steps = campaigns_[found->second].steps;
  for (uint32_t i = 0; i < steps.size(); ++i) {
    const auto measure = static_cast<size_t>(steps[i].of);
    const int64_t by = after[measure] - before[measure];
    if (by != 0 && (steps[i].channel.empty() || steps[i].channel == channel)) {
      unsettled_.push_back({found->second, i, by});
    }
  }
}

void ActivityBook::settle() {
  for (size_t i = 0; i < unsettled_.size(); ++i) {
    StepChange& sum = unsettled_[i];
    for (size_t j = i + 1; j < unsettled_.size(); ++j) {
      StepChange& part = unsettled_[j];
      if (part.campaign == sum.campaign && part.step == sum.step) {
        sum.by += std::exchange(part.by, 0);
      }
    }
    if (sum.by > 0) {
      open_.steps.push_back(sum);
    }
  }
  unsettled_.clear();
}

void ActivityBook::count(const board::SavedTime& saved) {
  open_.saved.push_back(saved);
}

void ActivityBook::seal() {
  sealed_.append(std::move(open_));
}

void ActivityBook::commit() {
  for (const ItemChange& change : sealed_.items) {
    for (size_t i = 0; i < model::kRelations; ++i) {
      items_[change.at].by_relation[i] += change.by_relation[i];
    }
  }
  for (const FactChange& change : sealed_.facts) {
    conversations_[change.at].counts.count(change.fact);
  }
  for (const StepChange& change : sealed_.steps) {
    steps_[change.campaign][change.step] += static_cast<uint64_t>(change.by);
  }
  for (const board::SavedTime& saved : sealed_.saved) {
    saved_[{saved.brand, saved.channel}] += static_cast<uint64_t>(std::max<int64_t>(saved.us, 0));
  }
  sealed_.clear();
}

}  // namespace kaiku::shard
