#include "kaiku/generate/record.h"

#include "kaiku/base/base64.h"
#include "kaiku/base/json_writer.h"

namespace kaiku::generate {

void write_envelope(const Record& record, std::string& out) {
  base::JsonWriter json(out);
  json.begin_object()
      .field("partition", record.partition)
      .field("offset", record.offset)
      .field("timestamp", base::format_micros(record.timestamp))
      .key("key");
  if (record.has_key) {
    json.string(record.key);
  } else {
    json.null();
  }
  if (record.is_utf8) {
    json.field("value", record.value);
  } else {
    json.field("value_base64", base::base64_encode(record.value));
  }
  json.end_object();
}

std::string write_envelope(const Record& record) {
  std::string line;
  write_envelope(record, line);
  return line;
}

}  // namespace kaiku::generate
