#include "kaiku/rocks/rocks_store.h"

#include <filesystem>
#include <optional>
#include <utility>

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>

#include "directory.h"
#include "environment.h"

namespace kaiku::rocks {
namespace {

using base::Exit;
using base::Next;
using base::Result;
using base::Status;
using Entry = state::WriteBatch::Entry;
using SharedEnvironment = std::shared_ptr<const RocksEnvironment::Shared>;

rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

std::string_view view(const rocksdb::Slice& bytes) {
  return {bytes.data(), bytes.size()};
}

bool is_full(const rocksdb::Status& status) {
  return status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit;
}

// What RocksDB says of a read or a write. An input or output error is treated as damage: 7.8 may
// lose data behind one.
Status translate(const rocksdb::Status& status, const std::string& directory) {
  if (status.ok()) {
    return Status::ok();
  }
  const std::string text = "store " + directory + ": " + status.ToString();
  if (is_full(status)) {
    return Status::stop(Exit::kDiskFull, text);
  }
  if (status.IsBusy() || status.IsTimedOut() || status.IsTryAgain()) {
    return {Next::kRetry, text, Exit::kUnavailable};
  }
  if (status.IsCorruption() || status.IsIOError()) {
    return {Next::kRestore, text, Exit::kBadData};
  }
  return Status::bug(text);
}

bool says(const rocksdb::Status& status, std::string_view words) {
  return status.ToString().find(words) != std::string::npos;
}

Status translate_opening(const rocksdb::Status& status, const std::string& directory) {
  if (says(status, "While lock file") || says(status, "lock hold by current process")) {
    return Status::stop(Exit::kFenced,
                        "store " + directory +
                            " is open already: another process works on this state directory (" +
                            status.ToString() + ")");
  }
  if (status.IsIOError() && !is_full(status) && says(status, "Permission denied")) {
    return Status::stop(Exit::kCantCreate, "store " + directory + ": " + status.ToString());
  }
  if (status.IsInvalidArgument() || status.IsNotSupported()) {
    // Files that are missing or in an order of keys that is not ours.
    return {Next::kRestore, "store " + directory + ": " + status.ToString(), Exit::kBadData};
  }
  return translate(status, directory);
}

class RocksStore final : public state::Store {
 public:
  RocksStore(std::string directory,
             SharedEnvironment environment,
             WriteLog write_log,
             bool read_only)
      : directory_(std::move(directory)),
        environment_(std::move(environment)),
        write_log_(write_log),
        read_only_(read_only) {}

  Status open();

  [[nodiscard]] Result<std::optional<std::string>> get(std::string_view key) const override;
  [[nodiscard]] Status scan(std::string_view begin,
                            std::string_view end,
                            const Visit& visit) const override;
  [[nodiscard]] Status write(const state::WriteBatch& batch, bool sync) override;
  [[nodiscard]] Status wipe() override;

 private:
  [[nodiscard]] Status closed() const {
    return {Next::kRestore, "store " + directory_ + " could not be opened again", Exit::kBadData};
  }

  void drop_files(const state::WriteBatch& batch);

  std::string directory_;
  SharedEnvironment environment_;
  WriteLog write_log_;
  bool read_only_;
  std::unique_ptr<rocksdb::DB> db_;
};

Status RocksStore::open() {
  const rocksdb::Options options = environment_->rocks_options();
  rocksdb::DB* db = nullptr;
  if (read_only_) {
    const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(options, directory_, &db);
    db_.reset(db);
    return status.ok() ? Status::ok() : translate_opening(status, directory_);
  }
  if (Status status = make_writable(directory_); !status.is_ok()) {
    return status;
  }
  // Opening replays the log into memtables and may flush them.
  if (Status status = environment_->check_space(directory_, 2 * options.write_buffer_size);
      !status.is_ok()) {
    return status;
  }
  const rocksdb::Status status = rocksdb::DB::Open(options, directory_, &db);
  db_.reset(db);
  return status.ok() ? Status::ok() : translate_opening(status, directory_);
}

Result<std::optional<std::string>> RocksStore::get(std::string_view key) const {
  if (db_ == nullptr) {
    return closed();
  }
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), slice(key), &value);
  if (status.IsNotFound()) {
    return std::optional<std::string>();
  }
  if (!status.ok()) {
    return translate(status, directory_);
  }
  return std::optional<std::string>(std::move(value));
}

Status RocksStore::scan(std::string_view begin, std::string_view end, const Visit& visit) const {
  if (db_ == nullptr) {
    return closed();
  }
  if (!end.empty() && begin >= end) {
    return Status::ok();
  }
  rocksdb::ReadOptions options;
  options.fill_cache = false;  // scans read logs and whole tables: they would push out the rest
  const rocksdb::Slice bound = slice(end);
  if (!end.empty()) {
    options.iterate_upper_bound = &bound;
  }
  const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(options));
  for (at->Seek(slice(begin)); at->Valid(); at->Next()) {
    if (!visit(view(at->key()), view(at->value()))) {
      return Status::ok();
    }
  }
  return translate(at->status(), directory_);
}

Status RocksStore::write(const state::WriteBatch& batch, bool sync) {
  if (read_only_) {
    return Status::bug("store " + directory_ + " is open for reading");
  }
  if (db_ == nullptr) {
    return closed();
  }
  // Twice: the log now, a table when the memtable is flushed.
  if (Status status = environment_->check_space(directory_, 2 * batch.bytes()); !status.is_ok()) {
    return status;
  }
  rocksdb::WriteBatch out(batch.bytes() + 32 * batch.entries().size());
  rocksdb::Status status;
  bool has_range = false;
  for (const Entry& entry : batch.entries()) {
    switch (entry.kind) {
      case Entry::Kind::kPut:
        status = out.Put(entry.key, entry.value);
        break;
      case Entry::Kind::kErase:
        status = out.Delete(entry.key);
        break;
      case Entry::Kind::kEraseRange:
        if (entry.key < entry.value) {
          status = out.DeleteRange(entry.key, entry.value);
          has_range = true;
        }
        break;
    }
    if (!status.ok()) {
      return translate(status, directory_);
    }
  }
  rocksdb::WriteOptions options;
  options.disableWAL = write_log_ == WriteLog::kOff;
  options.sync = sync && !options.disableWAL;
  status = db_->Write(options, &out);
  if (status.ok() && sync && options.disableWAL) {
    status = db_->Flush(rocksdb::FlushOptions());
  }
  if (status.ok() && has_range) {
    drop_files(batch);
  }
  return translate(status, directory_);
}

// Tables that lie in an erased range as a whole give their space back at once. They are dead
// already: a failure leaves them to compaction.
void RocksStore::drop_files(const state::WriteBatch& batch) {
  for (const Entry& entry : batch.entries()) {
    if (entry.kind == Entry::Kind::kEraseRange && entry.key < entry.value) {
      const rocksdb::Slice begin = slice(entry.key);
      const rocksdb::Slice end = slice(entry.value);
      (void)rocksdb::DeleteFilesInRange(db_.get(), db_->DefaultColumnFamily(), &begin, &end, false);
    }
  }
}

Status RocksStore::wipe() {
  if (read_only_) {
    return Status::bug("store " + directory_ + " is open for reading");
  }
  db_.reset();
  const rocksdb::Status status = rocksdb::DestroyDB(directory_, environment_->rocks_options());
  if (!status.ok()) {
    return translate_opening(status, directory_);
  }
  return open();
}

}  // namespace

Result<std::unique_ptr<state::Store>> open_rocks_store(const std::string& directory,
                                                       const RocksEnvironment& environment,
                                                       WriteLog write_log) {
  auto store = std::make_unique<RocksStore>(directory, environment.shared(), write_log, false);
  if (Status status = store->open(); !status.is_ok()) {
    return status;
  }
  return std::unique_ptr<state::Store>(std::move(store));
}

Result<std::unique_ptr<state::Store>> open_rocks_store_read_only(
    const std::string& directory, const RocksEnvironment& environment) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::path(directory) / "CURRENT", error)) {
    return Status::stop(Exit::kNoInput, "there is no store in " + directory);
  }
  auto store = std::make_unique<RocksStore>(directory, environment.shared(), WriteLog::kOff, true);
  if (Status status = store->open(); !status.is_ok()) {
    return status;
  }
  return std::unique_ptr<state::Store>(std::move(store));
}

}  // namespace kaiku::rocks
