#include "local/batch.h"

#include <gtest/gtest.h>

#include "kaiku/base/bytes.h"
#include "kaiku/base/crc32c.h"

#include "local/partition_log.h"

namespace kaiku::local {
namespace {

constexpr log::Partition kAt{3, 1};

RecordContent content(std::optional<std::string_view> key,
                      std::optional<std::string_view> value,
                      base::EventTime timestamp) {
  return {key, value, timestamp, {}};
}

BatchPointer single(BatchWriter& writer) {
  auto batches = writer.finish();
  EXPECT_EQ(batches.size(), 1U);
  return batches.front();
}

TEST(Batch, ReadsBackFromItsBytesWhatWasAdded) {
  const std::vector<log::Header> headers = {{"ce_id", "7"}, {"", ""}};
  BatchWriter writer(40);
  EXPECT_EQ(writer.add(content("key", "value", 1'000)), 40);
  EXPECT_EQ(writer.add(content(std::nullopt, "", -5)), 41);
  EXPECT_EQ(writer.add(content("", std::nullopt, base::kTimeEnd)), 42);
  EXPECT_EQ(writer.add({"k", "v", base::kNoTime, headers}), 43);
  EXPECT_EQ(writer.add(content("last", std::string(300, 'x'), 2'000)), 44);
  const BatchPointer written = single(writer);
  const BatchPointer read = decode_batch(written->bytes(), 44);
  ASSERT_NE(read, nullptr);
  for (const BatchPointer& batch : {written, read}) {
    EXPECT_EQ(batch->first(), 40);
    EXPECT_EQ(batch->last(), 44);
    EXPECT_EQ(batch->newest(), base::kTimeEnd);
    const log::Record first = batch->record(kAt, 40);
    EXPECT_EQ(first.at, kAt);
    EXPECT_EQ(first.offset, 40);
    EXPECT_EQ(first.timestamp, 1'000);
    EXPECT_TRUE(first.has_key && first.has_value);
    EXPECT_EQ(first.key, "key");
    EXPECT_EQ(first.value, "value");
    EXPECT_FALSE(batch->record(kAt, 41).has_key);
    EXPECT_TRUE(batch->record(kAt, 41).has_value);
    EXPECT_EQ(batch->record(kAt, 41).timestamp, -5);
    EXPECT_TRUE(batch->record(kAt, 42).has_key);
    EXPECT_FALSE(batch->record(kAt, 42).has_value);
    EXPECT_EQ(batch->record(kAt, 43).timestamp, base::kNoTime);
    EXPECT_EQ(batch->record(kAt, 43).value, "v");
    EXPECT_EQ(batch->record(kAt, 44).value, std::string(300, 'x'));
    EXPECT_EQ(batch->record(kAt, 44).timestamp, 2'000);
  }
}

TEST(Batch, HasTheBytesOfItsFormat) {
  BatchWriter writer(0);
  writer.add(content("k", "vw", 3));
  writer.add(content(std::nullopt, std::nullopt, 1));
  const std::string bytes = single(writer)->bytes();
  EXPECT_EQ(bytes.substr(0, bytes.size() - 4),
            std::string("\x01\x02"
                        "\x03\x06\x01k\x02vw"
                        "\x00\x03",
                        11));
}

TEST(Batch, ALargeWriteIsCutAndAHugeRecordStaysWhole) {
  BatchWriter writer(0);
  const std::string value(10'000, 'v');
  for (int i = 0; i < 100; ++i) {
    writer.add(content("key", value, i));
  }
  writer.add(content("key", std::string(1U << 20, 'h'), 0));
  writer.add(content("key", "after", 0));
  const auto batches = writer.finish();
  ASSERT_GT(batches.size(), 4U);
  int64_t next = 0;
  for (const BatchPointer& batch : batches) {
    EXPECT_EQ(batch->first(), next);
    EXPECT_TRUE(batch->size() == 1 || batch->bytes().size() <= BatchWriter::kBytes + 11'000);
    EXPECT_NE(decode_batch(batch->bytes(), batch->last()), nullptr);
    next = batch->last() + 1;
  }
  EXPECT_EQ(next, 102);
  EXPECT_TRUE(writer.finish().empty());
}

TEST(Batch, EveryCutAndEveryChangedByteIsFound) {
  BatchWriter writer(0);
  writer.add(content("key", "value", 1'000));
  writer.add(content("key", "value", 2'000));
  const std::string bytes = single(writer)->bytes();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(decode_batch(bytes.substr(0, size), 1), nullptr) << size;
  }
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string bad = bytes;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_EQ(decode_batch(bad, 1), nullptr) << at;
  }
  EXPECT_EQ(decode_batch(bytes, 0), nullptr) << "the first offset would be negative";
}

TEST(Batch, ContentThatLiesIsRefusedThoughItsChecksumHolds) {
  const auto sealed = [](std::string content) {
    base::ByteWriter(content).u32(base::crc32c(content));
    return content;
  };
  EXPECT_NE(decode_batch(sealed(std::string("\x01\x01\x00\x00", 4)), 0), nullptr);
  for (const std::string& bad : {std::string("\x02\x01\x00\x00", 4),  // layout
                                 std::string("\x01\x00", 2),          // no record
                                 std::string("\x01\x02\x00\x00", 4),  // fewer than it says
                                 std::string("\x01\x01\x00\x00\x00", 5),
                                 std::string("\x01\x01\x01\x00\x7f", 5),
                                 std::string("\x01\x01\x04\x00\xff\xff\xff\xff\x0f", 9),
                                 std::string("\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10)}) {
    EXPECT_EQ(decode_batch(sealed(bad), 1'000), nullptr);
  }
}

}  // namespace
}  // namespace kaiku::local
