#include "app/local_ports.h"

#include <charconv>

#include "kaiku/parse/envelope.h"

namespace kaiku::app {
namespace {

// Collects records up to a limit.
class PageSink final : public log::RecordSink {
 public:
  PageSink(size_t limit, size_t bytes, std::vector<std::string>& lines)
      : limit_(limit), bytes_(bytes), lines_(lines) {}

  bool on_record(const log::Record& record) override {
    if (lines_.size() >= limit_ || used_ >= bytes_) {
      return false;
    }
    lines_.push_back(envelope_line(record));
    used_ += lines_.back().size();
    next_ = record.offset + 1;
    return true;
  }

  void begin(int64_t offset) { next_ = offset; }

  [[nodiscard]] int64_t next() const { return next_; }

 private:
  size_t limit_;
  size_t bytes_;
  std::vector<std::string>& lines_;
  size_t used_ = 0;
  int64_t next_ = 0;
};

bool parse_cursor(std::string_view text, std::vector<int64_t>& offsets) {
  for (int64_t& offset : offsets) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
    if (error != std::errc() || offset < 0) {
      return false;
    }
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    if (!text.empty() && text.front() == '.') {
      text.remove_prefix(1);
    }
  }
  return text.empty();
}

serve::TopicPage page(serve::TopicPage::Code code, std::string message) {
  serve::TopicPage answer;
  answer.code = code;
  answer.message = std::move(message);
  return answer;
}

}  // namespace

std::string envelope_line(const log::Record& record) {
  parse::Envelope envelope;
  envelope.partition = record.at.number;
  envelope.offset = record.offset;
  envelope.timestamp = record.timestamp;
  envelope.has_key = record.has_key;
  envelope.has_value = record.has_value;
  envelope.key = std::string(record.key);
  envelope.value = std::string(record.value);
  return parse::write_envelope(envelope);
}

serve::IngestAnswer LocalIngest::append(std::string_view source,
                                        const std::vector<std::string_view>& lines) {
  for (const shard::SourcePlan& known : plan_.sources) {
    if (known.name != source) {
      continue;
    }
    std::vector<local::NewRecord> records;
    records.reserve(lines.size());
    for (const std::string_view line : lines) {
      local::NewRecord record;
      record.value = line;
      records.push_back(std::move(record));
    }
    const base::Status status = broker_.append_batch(plan_.topics.at(known.topic).name, records);
    if (status.is_ok()) {
      return {serve::IngestAnswer::Code::kDurable, lines.size(), ""};
    }
    return {serve::IngestAnswer::Code::kUnavailable, 0, status.message()};
  }
  return {serve::IngestAnswer::Code::kUnknownSource, 0, "the pipeline has no such source"};
}

serve::TopicPage LocalTopics::read(std::string_view topic,
                                   std::string_view from,
                                   size_t limit,
                                   size_t bytes) {
  using Code = serve::TopicPage::Code;
  const auto id = plan_.topics.find(topic);
  if (!id) {
    return page(Code::kUnknownTopic, "the pipeline has no such topic");
  }
  auto log = broker_.connect(plan_.topics, {.is_member = false});
  if (!log.has_value()) {
    return page(Code::kUnavailable, log.error().message());
  }
  auto count = log.value()->partition_count(*id);
  if (!count.has_value()) {
    return page(Code::kUnavailable, count.error().message());
  }
  std::vector<int64_t> offsets(static_cast<size_t>(count.value()), 0);
  for (int32_t number = 0; number < count.value(); ++number) {
    auto ends = log.value()->ends({*id, number}, log::Isolation::kCommitted);
    if (!ends.has_value()) {
      return page(Code::kUnavailable, ends.error().message());
    }
    offsets[static_cast<size_t>(number)] = from == "end" ? ends->high : ends->low;
  }
  if (from != "begin" && from != "end" && !from.empty() && !parse_cursor(from, offsets)) {
    return page(Code::kBadCursor, "`from` is begin, end or the cursor of an earlier answer");
  }
  serve::TopicPage answer;
  answer.code = Code::kOk;
  PageSink sink(limit, bytes, answer.lines);
  for (int32_t number = 0; number < count.value(); ++number) {
    int64_t& offset = offsets[static_cast<size_t>(number)];
    sink.begin(offset);
    if (base::Status status = log.value()->read({*id, number}, offset, sink); !status.is_ok()) {
      return page(Code::kUnavailable, status.message());
    }
    offset = sink.next();
    answer.next += (number == 0 ? "" : ".") + std::to_string(offset);
  }
  return answer;
}

}  // namespace kaiku::app
