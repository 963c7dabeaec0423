#include "kaiku/state/tables.h"

#include <algorithm>
#include <utility>

#include "kaiku/base/bytes.h"
#include "kaiku/base/limits.h"

#include "change_packer.h"
#include "layer.h"

namespace kaiku::state {
namespace {

using base::Exit;
using base::Next;
using base::Result;
using base::Status;

constexpr char kIdentitySpace = 0;
constexpr char kTableSpace = 2;
constexpr char kMarkSpace = 3;
constexpr uint8_t kMarkLayout = 2;  // 1: epochs lay packed in the store

std::string table_key(TableId table, std::string_view key) {
  std::string out;
  out.reserve(2 + key.size());
  out += kTableSpace;
  out += static_cast<char>(table);
  out += key;
  return out;
}

// The first key behind all that begin with `prefix`, which is not all 0xff: table keys are not.
std::string behind(std::string prefix) {
  while (prefix.back() == '\xff') {
    prefix.pop_back();
  }
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

std::string encode_mark(const Mark& mark) {
  std::string out;
  base::ByteWriter writer(out);
  writer.u8(kMarkLayout);
  writer.u64(mark.epoch);
  writer.i64(mark.changelog_position);
  return out;
}

bool decode_mark(std::string_view bytes, Mark& mark) {
  base::ByteReader reader(bytes);
  const bool known = reader.u8() == kMarkLayout;
  mark.epoch = reader.u64();
  mark.changelog_position = reader.i64();
  return known && !reader.failed() && reader.at_end();
}

size_t bytes_of(const std::vector<std::string>& records) {
  size_t bytes = 0;
  for (const std::string& record : records) {
    bytes += record.size();
  }
  return bytes;
}

Status damaged(std::string what) {
  return {Next::kRestore, "state store: " + std::move(what) + "; it is rebuilt from the changelog"};
}

class LayeredTables final : public Tables {
 public:
  LayeredTables(Store& store, std::string_view identity, size_t fold_bytes)
      : store_(store), hasher_(base::HashKey::derived_from(identity)), fold_bytes_(fold_bytes) {}

  Status open(std::string_view identity);

  [[nodiscard]] Result<std::optional<std::string>> get(TableId table,
                                                       std::string_view key) const override;
  void put(TableId table, std::string key, std::string value) override;

  void erase(TableId table, std::string key) override { put(table, std::move(key), {}); }

  void drop_bucket(TableId table, std::string prefix) override {
    open_->drop(table, std::move(prefix));
  }

  [[nodiscard]] Status scan(TableId table,
                            const std::function<void(std::string_view key, std::string_view value)>&
                                visit) const override;
  [[nodiscard]] std::vector<Change> seal() override;
  [[nodiscard]] const std::vector<std::string>& seal_packed() override;
  [[nodiscard]] Status commit(Mark mark) override;
  [[nodiscard]] Status apply(const std::vector<Change>& changes, Mark mark) override;

  [[nodiscard]] Mark mark() const override { return mark_; }

  [[nodiscard]] Status flush() override;

  [[nodiscard]] size_t memory_bytes() const override {
    return open_->memory_bytes() + sealed_->memory_bytes() + committed_->memory_bytes();
  }

 private:
  Status check_identity(std::string_view identity);
  Status load_mark();
  // Newest first; kNothing: the store decides.
  Layer::Found look_up(const LayerKey& key, size_t newer_layers, const std::string*& value) const;
  Status absorb(const std::vector<Change>& changes, Layer& layer) const;
  void seal_open();
  void pack(const Layer& layer);
  // The changes of one epoch, `bytes` in the changelog, come to the committed ones.
  Status take(Layer& layer, size_t bytes, Mark mark);
  // Writes the committed changes, and those of `newer` on top if there is one.
  Status fold(const Layer* newer, Mark mark, bool sync);
  void append_values(const Layer& layer, const Layer* newer, WriteBatch& batch) const;

  [[nodiscard]] const Layer& layer(size_t rank) const {
    return rank == 0 ? *open_ : rank == 1 ? *sealed_ : *committed_;
  }

  static constexpr size_t kLayers = 3;

  Store& store_;
  LayerHasher hasher_;
  size_t fold_bytes_;
  std::unique_ptr<Layer> open_ = std::make_unique<Layer>();
  std::unique_ptr<Layer> sealed_ = std::make_unique<Layer>();
  std::unique_ptr<Layer> committed_ = std::make_unique<Layer>();
  std::vector<std::string> packed_;  // the epoch that is sealed, as records
  size_t unfolded_bytes_ = 0;        // in the changelog, of the epochs the store does not hold
  bool is_sealed_ = false;
  Mark mark_;
};

Status LayeredTables::open(std::string_view identity) {
  if (Status status = check_identity(identity); !status.is_ok()) {
    return status;
  }
  return load_mark();
}

Status LayeredTables::check_identity(std::string_view identity) {
  const std::string key(1, kIdentitySpace);
  const auto found = store_.get(key);
  if (!found) {
    return found.error();
  }
  if (found->has_value()) {
    if (**found == identity) {
      return Status::ok();
    }
    return Status::stop(Exit::kCantCreate,
                        "state store belongs to '" + **found + "', this pipeline is '" +
                            std::string(identity) +
                            "'; give it another state directory, or remove this one to rebuild it");
  }
  bool is_empty = true;
  if (Status status = store_.scan({}, {}, [&](auto, auto) { return is_empty = false; });
      !status.is_ok()) {
    return status;
  }
  if (!is_empty) {
    return Status::stop(Exit::kCantCreate,
                        "state store holds something else than a shard's state; give the pipeline "
                        "a state directory of its own");
  }
  WriteBatch batch;
  batch.put(key, std::string(identity));
  return store_.write(batch, true);
}

Status LayeredTables::load_mark() {
  const auto found = store_.get(std::string(1, kMarkSpace));
  if (!found) {
    return found.error();
  }
  if (found->has_value() && !decode_mark(**found, mark_)) {
    return damaged("its mark does not decode");
  }
  return Status::ok();
}

Layer::Found LayeredTables::look_up(const LayerKey& key,
                                    size_t newer_layers,
                                    const std::string*& value) const {
  for (size_t rank = 0; rank < newer_layers; ++rank) {
    if (layer(rank).empty()) {
      continue;
    }
    const Layer::Found found = layer(rank).find(key, value);
    if (found != Layer::Found::kNothing) {
      return found;
    }
  }
  return Layer::Found::kNothing;
}

Result<std::optional<std::string>> LayeredTables::get(TableId table, std::string_view key) const {
  const std::string* value = nullptr;
  switch (look_up(hasher_(table, key), kLayers, value)) {
    case Layer::Found::kValue:
      return std::optional<std::string>(*value);
    case Layer::Found::kErased:
      return std::optional<std::string>();
    case Layer::Found::kNothing:
      break;
  }
  return store_.get(table_key(table, key));
}

void LayeredTables::put(TableId table, std::string key, std::string value) {
  Change change{table, Change::Op::kPut, std::move(key), std::move(value)};
  const uint64_t hash = hasher_(table, change.key).hash;
  open_->put(hash, std::move(change));
}

Status LayeredTables::scan(
    TableId table,
    const std::function<void(std::string_view key, std::string_view value)>& visit) const {
  std::vector<std::pair<std::string_view, std::string_view>> newer;
  for (size_t rank = 0; rank < kLayers; ++rank) {
    layer(rank).for_each([&](const Change& change) {
      const std::string* value = nullptr;
      if (change.table == table && change.op == Change::Op::kPut && !change.value.empty() &&
          look_up(hasher_(table, change.key), rank, value) == Layer::Found::kNothing) {
        newer.emplace_back(change.key, change.value);
      }
    });
  }
  std::sort(newer.begin(), newer.end());
  auto next = newer.begin();
  const std::string begin = table_key(table, {});
  const Status status = store_.scan(begin, behind(begin), [&](auto stored, auto value) {
    const std::string_view key = stored.substr(begin.size());
    for (; next != newer.end() && next->first < key; ++next) {
      visit(next->first, next->second);
    }
    const std::string* ignored = nullptr;
    if (look_up(hasher_(table, key), kLayers, ignored) == Layer::Found::kNothing) {
      visit(key, value);
    }
    return true;
  });
  if (!status.is_ok()) {
    return status;
  }
  for (; next != newer.end(); ++next) {
    visit(next->first, next->second);
  }
  return Status::ok();
}

void LayeredTables::seal_open() {
  KAIKU_CHECK(!is_sealed_, "an epoch is sealed while the one before is not committed");
  is_sealed_ = true;
  std::swap(open_, sealed_);
  pack(*sealed_);
}

std::vector<Change> LayeredTables::seal() {
  seal_open();
  std::vector<Change> changes;
  sealed_->for_each([&](const Change& change) { changes.push_back(change); });
  return changes;
}

const std::vector<std::string>& LayeredTables::seal_packed() {
  seal_open();
  return packed_;
}

void LayeredTables::pack(const Layer& layer) {
  packed_.clear();
  ChangePacker packer(base::limits::kChangelogRecordBytes, packed_);
  layer.for_each([&](const Change& change) { packer.add(change); });
  packer.finish();
}

Status LayeredTables::commit(Mark mark) {
  if (!is_sealed_) {
    return Status::bug("state: commit of epoch " + std::to_string(mark.epoch) +
                       " without a sealed one");
  }
  if (Status status = take(*sealed_, bytes_of(packed_), mark); !status.is_ok()) {
    return status;
  }
  packed_.clear();
  is_sealed_ = false;
  return Status::ok();
}

Status LayeredTables::apply(const std::vector<Change>& changes, Mark mark) {
  if (is_sealed_ || !open_->empty()) {
    return Status::bug("state: epoch " + std::to_string(mark.epoch) +
                       " is restored into a shard that is at work");
  }
  Layer restored;
  if (Status status = absorb(changes, restored); !status.is_ok()) {
    return status;
  }
  const size_t bytes = restored.content_bytes();
  return take(restored, bytes, mark);
}

Status LayeredTables::absorb(const std::vector<Change>& changes, Layer& layer) const {
  for (const Change& change : changes) {
    switch (change.op) {
      case Change::Op::kPut:
        layer.put(hasher_(change.table, change.key).hash, change);
        break;
      case Change::Op::kDropBucket:
        layer.drop(change.table, change.key);
        break;
      case Change::Op::kMerge:
        return damaged("a merge for table " + std::to_string(static_cast<unsigned>(change.table)) +
                       ", which has none, was written by another version");
    }
  }
  return Status::ok();
}

Status LayeredTables::take(Layer& layer, size_t bytes, Mark mark) {
  if (mark.epoch <= mark_.epoch) {
    return Status::bug("state: epoch " + std::to_string(mark.epoch) + " behind epoch " +
                       std::to_string(mark_.epoch));
  }
  if (unfolded_bytes_ + bytes < fold_bytes_) {
    committed_->take(layer);
    unfolded_bytes_ += bytes;
  } else {
    if (Status status = fold(&layer, mark, false); !status.is_ok()) {
      return status;
    }
    layer.clear();
  }
  mark_ = mark;
  return Status::ok();
}

Status LayeredTables::fold(const Layer* newer, Mark mark, bool sync) {
  WriteBatch batch;
  append_values(*committed_, newer, batch);
  if (newer != nullptr) {
    append_values(*newer, nullptr, batch);
  }
  batch.put(std::string(1, kMarkSpace), encode_mark(mark));
  if (Status status = store_.write(batch, sync); !status.is_ok()) {
    return status;
  }
  committed_->clear();
  unfolded_bytes_ = 0;
  return Status::ok();
}

Status LayeredTables::flush() {
  return mark_.epoch == 0 ? Status::ok() : fold(nullptr, mark_, true);
}

void LayeredTables::append_values(const Layer& layer, const Layer* newer, WriteBatch& batch) const {
  layer.for_each([&](const Change& change) {
    std::string key = table_key(change.table, change.key);
    const std::string* value = nullptr;
    if (change.op == Change::Op::kDropBucket) {
      std::string end = behind(key);
      batch.erase_range(std::move(key), std::move(end));
    } else if (newer != nullptr &&
               newer->find(hasher_(change.table, change.key), value) != Layer::Found::kNothing) {
      return;  // written, or erased, by the newer one
    } else if (change.value.empty()) {
      batch.erase(std::move(key));
    } else {
      batch.put(std::move(key), change.value);
    }
  });
}

}  // namespace

Result<std::unique_ptr<Tables>> open_tables(Store& store,
                                            std::string_view identity,
                                            size_t fold_bytes) {
  if (identity.empty()) {
    return Status::bug("state: a store without an identity");
  }
  auto tables = std::make_unique<LayeredTables>(store, identity, fold_bytes);
  if (Status status = tables->open(identity); !status.is_ok()) {
    return status;
  }
  return std::unique_ptr<Tables>(std::move(tables));
}

}  // namespace kaiku::state
