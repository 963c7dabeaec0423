#include "kaiku/shard/routed_source.h"

#include <algorithm>

#include "kaiku/base/base64.h"
#include "kaiku/base/crc32c.h"
#include "kaiku/base/limits.h"
#include "kaiku/shard/changelog.h"

namespace kaiku::shard {
namespace {

using base::Status;

constexpr std::string_view kPrefix = "2;";

}  // namespace

RoutedSource::RoutedSource(const Plan& plan, size_t source, int32_t partition)
    : plan_(plan),
      router_(plan, source, partition),
      writers_(plan.shards),
      sequences_(plan.shards, 0) {}

void RoutedSource::on_message(uint32_t shard, const model::ItemMessage& message) {
  writers_[shard].add_item(message);
}

void RoutedSource::on_output(log::Append record) {
  outputs_.push_back(std::move(record));
}

void RoutedSource::on_erasure_request(const model::ErasureMessage& request) {
  for (exchange::EdgeWriter& writer : writers_) {
    writer.add_erasure(request);
  }
}

void RoutedSource::process(const log::Record& record, const Router::Tools& tools) {
  dirty_ = true;
  router_.process(record, tools, *this);
}

bool RoutedSource::has_work() const {
  return dirty_ || crossed_minute(router_.progress(), announced_);
}

size_t RoutedSource::pending_bytes() const {
  size_t bytes = 0;
  for (const exchange::EdgeWriter& writer : writers_) {
    bytes += writer.bytes();
  }
  return bytes;
}

log::OffsetCommit RoutedSource::seal(std::vector<log::Append>& appends) {
  const exchange::Progress progress = router_.progress();
  const bool announce = crossed_minute(progress, announced_);
  const SourcePlan& source = plan_.sources[router_.source()];
  const bool is_watched =
      plan_.signals != nullptr && plan_.signals->expect_every.contains(source.name);
  for (uint32_t to = 0; to < plan_.shards; ++to) {
    if (!announce && !writers_[to].has_messages()) {
      continue;
    }
    exchange::EdgeHeader header;
    header.from_router = true;
    header.source = source.name;
    header.partition = static_cast<uint32_t>(router_.partition());
    header.to = static_cast<uint16_t>(to);
    header.sequence = sequences_[to];
    header.epoch = static_cast<uint64_t>(router_.next_offset());
    header.fingerprint = plan_.fingerprint;
    header.progress[static_cast<size_t>(model::Level::kRoute)] = progress;
    if (is_watched) {
      header.voice = router_.voice();
    }
    std::vector<std::string> records;
    writers_[to].finish(header, records);
    sequences_[to] = header.sequence;
    for (std::string& record : records) {
      log::Append append;
      append.to = {plan_.exchange, static_cast<int32_t>(to)};
      append.value = std::move(record);
      appends.push_back(std::move(append));
    }
  }
  if (announce) {
    announced_ = progress;
  }
  std::move(outputs_.begin(), outputs_.end(), std::back_inserter(appends));
  outputs_.clear();
  dirty_ = false;
  return {{source.topic, router_.partition()}, router_.next_offset(), metadata()};
}

std::string RoutedSource::metadata() const {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.u64(plan_.fingerprint);
  router_.encode(out);
  out.i64(announced_.effective);
  out.i64(announced_.data);
  for (const uint64_t sequence : sequences_) {
    out.varint(sequence);
  }
  out.u32(base::crc32c(bytes));
  return std::string(kPrefix) + base::base64_encode(bytes);
}

Status RoutedSource::restore(std::string_view metadata) {
  const std::string name =
      plan_.sources[router_.source()].name + "/" + std::to_string(router_.partition());
  const Status damaged = Status::stop(base::Exit::kBadData,
                                      "the offset metadata of " + name +
                                          " does not decode: another program committed offsets "
                                          "under this group id; give the pipeline a "
                                          "group of its own");
  if (metadata.substr(0, kPrefix.size()) != kPrefix) {
    return damaged;
  }
  const auto bytes = base::base64_decode(metadata.substr(kPrefix.size()));
  if (!bytes || bytes->size() < 12) {
    return damaged;
  }
  base::ByteReader in(*bytes);
  if (in.u64() != plan_.fingerprint) {
    return Status::stop(base::Exit::kConfig,
                        "the offsets of " + name +
                            " were committed by a plan that gives other figures: keep the old "
                            "configuration, or start under a new name");
  }
  base::ByteReader tail(std::string_view(*bytes).substr(bytes->size() - 4));
  if (tail.u32() != base::crc32c(std::string_view(*bytes).substr(0, bytes->size() - 4)) ||
      !router_.decode(in)) {
    return damaged;
  }
  announced_.effective = in.i64();
  announced_.data = in.i64();
  for (uint64_t& sequence : sequences_) {
    sequence = in.varint();
  }
  return in.failed() || in.rest().size() != 4 ? damaged : Status::ok();
}

}  // namespace kaiku::shard
