#include "kaiku/runtime/router_states.h"

namespace kaiku::runtime {
namespace {

std::string key_of(std::string_view source, int32_t partition) {
  return "router/" + std::string(source) + "/" + std::to_string(partition);
}

}  // namespace

log::Partition router_home(const shard::Plan& plan, int32_t partition) {
  return {plan.changelog, partition % static_cast<int32_t>(plan.shards)};
}

log::Append router_record(const shard::Plan& plan,
                          size_t source,
                          int32_t partition,
                          std::string_view metadata) {
  log::Append append;
  append.to = router_home(plan, partition);
  append.key = key_of(plan.sources[source].name, partition);
  append.value = metadata;
  return append;
}

bool RouterStates::on_record(const log::Record& record) {
  if (record.has_key) {
    states_[std::string(record.key)] = record.value;
    return true;
  }
  return shard_ == nullptr || shard_->on_record(record);
}

std::optional<std::string> RouterStates::find(std::string_view source, int32_t partition) const {
  const auto found = states_.find(key_of(source, partition));
  return found == states_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace kaiku::runtime
