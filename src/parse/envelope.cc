#include "kaiku/parse/envelope.h"

#include <simdjson.h>

#include "kaiku/base/base64.h"
#include "kaiku/base/json_writer.h"

namespace kaiku::parse {
namespace {

using base::Status;

Status bad(const char* what) {
  return {base::Next::kSkipRecord, std::string("not an envelope: ") + what};
}

// Text or Base64 of a field; false if it has neither form.
bool read_bytes(simdjson::dom::object object,
                const char* name,
                const char* base64_name,
                bool& present,
                std::string& bytes) {
  present = false;
  bytes.clear();
  std::string_view text;
  simdjson::dom::element element;
  if (object[base64_name].get(element) == simdjson::SUCCESS) {
    if (element.get(text) != simdjson::SUCCESS) {
      return false;
    }
    auto decoded = base::base64_decode(text);
    present = decoded.has_value();
    bytes = std::move(decoded).value_or(std::string());
    return present;
  }
  if (object[name].get(element) != simdjson::SUCCESS || element.is_null()) {
    return true;
  }
  if (element.get(text) != simdjson::SUCCESS) {
    return false;
  }
  present = true;
  bytes = std::string(text);
  return true;
}

bool is_utf8(std::string_view bytes) {
  return simdjson::validate_utf8(bytes.data(), bytes.size());
}

void write_bytes(base::JsonWriter& json,
                 const char* name,
                 const char* base64_name,
                 bool present,
                 const std::string& bytes) {
  if (!present) {
    json.key(name).null();
  } else if (is_utf8(bytes)) {
    json.field(name, bytes);
  } else {
    json.field(base64_name, base::base64_encode(bytes));
  }
}

}  // namespace

struct EnvelopeReader::Impl {
  simdjson::dom::parser parser;
};

EnvelopeReader::EnvelopeReader() : impl_(std::make_unique<Impl>()) {}

EnvelopeReader::~EnvelopeReader() = default;

Status EnvelopeReader::read(std::string_view line, Envelope& envelope) {
  simdjson::dom::object object;
  if (impl_->parser.parse(line.data(), line.size()).get(object) != simdjson::SUCCESS) {
    return bad("the line is no JSON object");
  }
  int64_t partition = 0;
  int64_t offset = 0;
  if (object["partition"].get(partition) != simdjson::SUCCESS) {
    return bad("`partition` is missing or no number");
  }
  if (partition < 0 || partition > 1'000'000) {
    return bad("`partition` is not between 0 and 1000000");
  }
  if (object["offset"].get(offset) != simdjson::SUCCESS) {
    return bad("`offset` is missing or no number");
  }
  if (offset < 0) {
    return bad("`offset` is below 0");
  }
  std::string_view time;
  if (object["timestamp"].get(time) != simdjson::SUCCESS) {
    return bad("`timestamp` is missing or no text");
  }
  envelope.partition = static_cast<int32_t>(partition);
  envelope.offset = offset;
  envelope.timestamp = base::parse_rfc3339(time);
  if (envelope.timestamp == base::kNoTime) {
    return bad("`timestamp` is no RFC 3339 time");
  }
  if (!read_bytes(object, "key", "key_base64", envelope.has_key, envelope.key) ||
      !read_bytes(object, "value", "value_base64", envelope.has_value, envelope.value)) {
    return bad("`key` or `value` is no text");
  }
  return Status::ok();
}

std::string write_envelope(const Envelope& envelope) {
  std::string line;
  base::JsonWriter json(line);
  json.begin_object()
      .field("partition", envelope.partition)
      .field("offset", envelope.offset)
      .field("timestamp", base::format_micros(envelope.timestamp));
  write_bytes(json, "key", "key_base64", envelope.has_key, envelope.key);
  write_bytes(json, "value", "value_base64", envelope.has_value, envelope.value);
  json.end_object();
  return line;
}

}  // namespace kaiku::parse
