#include "app/collector.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <map>
#include <set>
#include <system_error>
#include <tuple>
#include <vector>

#include <nlohmann/json.hpp>

#include "kaiku/base/base64.h"
#include "kaiku/base/json_writer.h"

#include "app/file_error.h"

namespace kaiku::app {
namespace {

using base::Exit;
using base::Result;
using base::Status;
using Json = nlohmann::ordered_json;

struct Stored {
  std::string key;
  std::string value;
  bool has_value = true;
  std::vector<log::Header> headers;
};

class Reader final : public log::RecordSink {
 public:
  bool on_record(const log::Record& record) override {
    Stored stored{std::string(record.key), std::string(record.value), record.has_value, {}};
    if (record.headers != nullptr) {
      stored.headers = *record.headers;
    }
    records.push_back(std::move(stored));
    return true;
  }

  std::vector<Stored> records;
};

Status read_topic(log::Log& log, log::TopicId topic, std::vector<Stored>& out) {
  auto partitions = log.partition_count(topic);
  if (!partitions.has_value()) {
    return partitions.error();
  }
  for (int32_t number = 0; number < partitions.value(); ++number) {
    Reader reader;
    if (Status status = log.read({topic, number}, 0, reader); !status.is_ok()) {
      return status;
    }
    std::move(reader.records.begin(), reader.records.end(), std::back_inserter(out));
  }
  return Status::ok();
}

std::string text_of(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The one record of its key: what varies with timing says that it is final.
std::string settle(Json& value) {
  if (value.contains("kind")) {
    value["kind"] = "final";
  }
  if (value.contains("revision")) {
    value["revision"] = 0;
  }
  value.erase("watermark");
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Any figure that is not zero: numbers, and money as text.
bool has_figure(const Json& value) {
  if (value.is_number()) {
    return value.get<double>() != 0;
  }
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return text.find_first_not_of("0.-") != std::string::npos;
  }
  if (value.is_structured()) {
    return std::any_of(
        value.begin(), value.end(), [](const Json& part) { return has_figure(part); });
  }
  return false;
}

// A cell that was corrected down to nothing says so to those who saw it before. Where only last
// records count it is no record: whether the cell existed for a moment depends on where an epoch
// ended.
bool is_withdrawn(const Json& value) {
  static constexpr std::array kFigures = {"count_total",
                                          "suppressed",
                                          "edits",
                                          "deletions",
                                          "engagement_components",
                                          "views",
                                          "impressions",
                                          "orders",
                                          "refunds",
                                          "spends",
                                          "business",
                                          "adjustments",
                                          "value",
                                          "numerator",
                                          "denominator",
                                          "conversions",
                                          "spend",
                                          "unconverted"};
  const auto has = [&](const char* field) {
    const auto found = value.find(field);
    return found != value.end() && has_figure(*found);
  };
  // A value of some records is a figure though it is zero: an order that was given away, an answer
  // at once. What a share or a price is of, its denominator or its spend says.
  const bool is_of_some = !value.contains("denominator") && !value.contains("spend") && has("n");
  return !value.contains("suppressed_below") && !is_of_some &&
         std::none_of(kFigures.begin(), kFigures.end(), has);
}

// Figures of journeys move between channels while late touches and orders come: each of them was
// published only if it is one, so each goes by itself when it is none any more.
bool stands_alone(std::string_view kpi) {
  static constexpr std::array<std::string_view, 6> kOfJourneys = {"attributed_order_share",
                                                                  "new_customer_share",
                                                                  "unconverted_journey_share",
                                                                  "cross_channel_customer_share",
                                                                  "continued_elsewhere_share",
                                                                  "strict_deflections"};
  return kpi.starts_with("attributed_revenue_") || kpi.starts_with("campaign_") ||
         kpi == "aspect_feedback" ||
         std::find(kOfJourneys.begin(), kOfJourneys.end(), kpi) != kOfJourneys.end();
}

// What tells KPI records of one kpi, brand and channel apart.
std::string subject_of(const Json& value) {
  std::string subject;
  for (const char* field :
       {"campaign", "step", "span", "topic", "product", "aspect", "comparison"}) {
    subject += text_of(value, field) + '\x1f';
  }
  return subject;
}

using SortKey = std::vector<std::string>;

// Last value per key. Later records of a topic win: the board publishes a key from one shard only.
std::string last_of_each(const std::vector<Stored>& records, std::string_view schema) {
  std::map<SortKey, Json> last;
  std::set<SortKey> alive;  // place and window of what is not withdrawn
  for (const Stored& record : records) {
    Json value = Json::parse(record.value, nullptr, false);
    if (value.is_discarded() || text_of(value, "schema") != schema) {
      continue;
    }
    SortKey key = {text_of(value, "window"),
                   text_of(value, "brand"),
                   text_of(value, "channel"),
                   text_of(value, "type"),
                   text_of(value, "kpi"),
                   text_of(value, "window_start"),
                   subject_of(value)};
    last[key] = std::move(value);
  }
  // The KPIs of one brand, channel and window stand or fall together: no refunds is a figure beside
  // revenue.
  const auto place = [](SortKey key) {
    if (!stands_alone(key[4])) {
      key[4].clear();
    }
    return key;
  };
  for (const auto& [key, value] : last) {
    if (!is_withdrawn(value)) {
      alive.insert(place(key));
    }
  }
  std::string out;
  for (auto& [key, value] : last) {
    if (alive.contains(place(key))) {
      out += settle(value);
      out += '\n';
    }
  }
  return out;
}

// The last record of each key, in their order: outcomes, alerts, items.
std::string last_by_key(const std::vector<Stored>& records) {
  std::map<std::string, std::string> last;
  for (const Stored& record : records) {
    if (record.has_value) {
      last[record.key] = record.value;
    } else {
      last.erase(record.key);  // withdrawn
    }
  }
  std::string out;
  for (const auto& [key, value] : last) {
    out += value + '\n';
  }
  return out;
}

using Place = std::tuple<std::string, int64_t, int64_t, int64_t>;

std::string late_lines(const std::vector<Stored>& records) {
  std::map<Place, std::string> lines;
  for (const Stored& record : records) {
    const Json value = Json::parse(record.value, nullptr, false);
    if (value.is_discarded()) {
      continue;
    }
    lines[{text_of(value, "topic"),
           value.value("partition", int64_t{0}),
           value.value("offset", int64_t{0}),
           static_cast<int64_t>(lines.size())}] = record.value;
  }
  std::string out;
  for (const auto& [place, line] : lines) {
    out += line + '\n';
  }
  return out;
}

int64_t number_of(const std::string& text) {
  int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return 0;
    }
    number = number * 10 + (c - '0');
  }
  return number;
}

std::string dead_letter_lines(const std::vector<Stored>& records) {
  std::map<Place, std::string> lines;
  for (const Stored& record : records) {
    std::map<std::string, std::string> headers;
    for (const log::Header& header : record.headers) {
      headers[header.name] = header.value;
    }
    std::string line;
    base::JsonWriter json(line);
    json.begin_object()
        .field("schema", "kaiku.dead_letter.v1")
        .field("error_class", headers["kaiku-error-class"])
        .field("error_code", headers["kaiku-error-code"])
        .field("field", headers["kaiku-field"])
        .field("message", headers["kaiku-message"])
        .field("source", headers["kaiku-source"])
        .field("topic", headers["kaiku-topic"])
        .field("partition", number_of(headers["kaiku-partition"]))
        .field("offset", number_of(headers["kaiku-offset"]))
        .field("item", number_of(headers["kaiku-item"]))
        .field("timestamp", headers["kaiku-timestamp"])
        .field("payload_digest", headers["kaiku-payload-digest"])
        .field("payload_size", number_of(headers["kaiku-payload-size"]));
    std::string readable;
    base::append_json_string(readable, record.value);
    const bool is_text = Json::parse(readable, nullptr, false).get<std::string>() == record.value;
    if (is_text) {
      json.field("payload", record.value);
    } else {
      json.field("payload_base64", base::base64_encode(record.value));
    }
    json.end_object();
    lines[{headers["kaiku-topic"],
           number_of(headers["kaiku-partition"]),
           number_of(headers["kaiku-offset"]),
           number_of(headers["kaiku-item"])}] = line;
  }
  std::string out;
  for (const auto& [place, line] : lines) {
    out += line + '\n';
  }
  return out;
}

}  // namespace

std::vector<std::string> result_files() {
  std::vector<std::string> names = {"ledger.json", "metrics.prom"};
  for (const char* name :
       {"aggregates", "kpis", "late", "dead_letters", "outcomes", "alerts", "erasures", "items"}) {
    names.push_back(std::string(name) + ".jsonl");
  }
  return names;
}

Status write_file(const std::string& path, const std::string& content) {
  const auto failed = [&path] {
    const std::error_code error(errno, std::generic_category());
    return Status::stop(exit_of(error, Exit::kCantCreate),
                        path + ": cannot be written: " + error.message());
  };
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) {
    return failed();
  }
  const bool written = std::fwrite(content.data(), 1, content.size(), file) == content.size() &&
                       std::fflush(file) == 0;
  const Status status = written ? Status::ok() : failed();
  return std::fclose(file) == 0 || !written ? status : failed();
}

Result<std::vector<Output>> collect_outputs(const shard::Plan& plan, log::Log& log) {
  using Records = std::vector<Stored>;
  using Lines = std::function<std::string(const Records&)>;

  struct Wanted {
    const char* name;
    std::vector<log::TopicId> topics;
    Lines lines;
  };

  std::vector<Wanted> all = {
      {"aggregates",
       plan.outputs.activity,
       [](const Records& records) { return last_of_each(records, "kaiku.activity.v1"); }},
      {"kpis",
       {plan.outputs.kpi},
       [](const Records& records) { return last_of_each(records, "kaiku.kpi.v1"); }},
      {"late", {plan.outputs.late}, late_lines},
      {"dead_letters", {plan.outputs.dead_letters}, dead_letter_lines}};
  if (plan.conversations != nullptr) {
    all.push_back({"outcomes", {plan.outputs.outcomes}, last_by_key});
  }
  if (plan.conversations != nullptr || plan.signals != nullptr) {
    all.push_back({"alerts", {plan.outputs.alerts}, last_by_key});
  }
  if (plan.privacy.erases) {
    all.push_back({"erasures", {plan.outputs.erasures}, last_by_key});
  }
  if (plan.outputs.has_items) {
    all.push_back({"items", {plan.outputs.items}, last_by_key});
  }
  std::vector<Output> outputs;
  for (const Wanted& wanted : all) {
    Records records;
    for (const log::TopicId topic : wanted.topics) {
      if (Status status = read_topic(log, topic, records); !status.is_ok()) {
        return status;
      }
    }
    outputs.push_back({wanted.name, wanted.lines(records)});
  }
  return outputs;
}

}  // namespace kaiku::app
