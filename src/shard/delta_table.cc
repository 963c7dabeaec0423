#include "kaiku/shard/delta_table.h"

#include <cstdint>

#include "kaiku/base/limits.h"
#include "kaiku/match/brand_matcher.h"

namespace kaiku::shard {

uint32_t DeltaTable::intern(Names& index,
                            std::vector<std::unique_ptr<std::string>>& names,
                            std::string_view name) {
  const auto found = index.find(name);
  if (found != index.end()) {
    return found->second;
  }
  if (names.size() >= base::limits::kCellsPerWindow && name != match::kOtherBrand) {
    return intern(index, names, match::kOtherBrand);
  }
  const auto number = static_cast<uint32_t>(names.size());
  names.push_back(std::make_unique<std::string>(name));
  index.emplace(*names.back(), number);
  return number;
}

size_t DeltaTable::place_of(const exchange::DeltaKey& key) {
  uint64_t place = reinterpret_cast<uintptr_t>(key.brand.data());
  place = (place ^ static_cast<uint32_t>(key.minute)) * 0x9e3779b97f4a7c15ULL;
  place = (place ^ reinterpret_cast<uintptr_t>(key.channel.data())) * 0xd6e8feb86659fd93ULL;
  place += static_cast<uint64_t>(key.type) << 52;
  return place >> 52;
}

void DeltaTable::prefetch(const exchange::DeltaKey& key) const {
  constexpr size_t kLine = 64;
  const uint32_t guess = guesses_[place_of(key)];
  if (guess != 0 && guess <= used_) {
    const auto* const slot = reinterpret_cast<const char*>(&slots_[guess - 1]);
    for (size_t at = 0; at < sizeof(Slot); at += kLine) {
      __builtin_prefetch(slot + at, 1);
    }
  }
}

aggregate::Aggregate& DeltaTable::at(const exchange::DeltaKey& key) {
  uint32_t& guess = guesses_[place_of(key)];
  if (guess != 0 && guess <= used_) {
    Slot& slot = slots_[guess - 1];
    if (slot.key.minute == key.minute && slot.key.type == key.type && slot.key.brand == key.brand &&
        slot.key.channel == key.channel) {
      return slot.delta;
    }
  }
  return find(key, guess);
}

aggregate::Aggregate& DeltaTable::find(const exchange::DeltaKey& key, uint32_t& guess) {
  const uint32_t brand = intern(brand_index_, brands_, key.brand);
  const uint32_t channel = intern(channel_index_, channels_, key.channel);
  const uint64_t place = static_cast<uint64_t>(static_cast<uint32_t>(key.minute)) << 32 |
                         static_cast<uint64_t>(channel & 0xffffffU) << 8 |
                         static_cast<uint64_t>(key.type);
  const auto [at, inserted] = index_.try_emplace({place, brand}, static_cast<uint32_t>(used_));
  if (inserted) {
    if (used_ == slots_.size()) {
      slots_.emplace_back();
    }
    Slot& slot = slots_[used_++];
    slot.place = {place, brand};
    slot.key = {key.minute, key.type, *brands_[brand], *channels_[channel]};
  }
  guess = at->second + 1;
  return slots_[at->second].delta;
}

void DeltaTable::count_activity(const Slot& slot) {
  if (slot.delta.count_total() == 0 || exchange::is_aside(slot.key.brand)) {
    return;
  }
  const uint64_t cell =  // the place without its minute
      static_cast<uint64_t>(slot.place.brand) << 32 | (slot.place.place & 0xffffffffU);
  activity_.count_items(cell, slot.key, slot.delta.by_relation);
}

void DeltaTable::drain(
    const std::function<void(const exchange::DeltaKey&, aggregate::Aggregate&)>& visit) {
  for (size_t i = 0; i < used_; ++i) {
    count_activity(slots_[i]);
    visit(slots_[i].key, slots_[i].delta);
    slots_[i].delta.clear();
  }
  used_ = 0;
  index_.clear();
}

}  // namespace kaiku::shard
