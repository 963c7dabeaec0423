#include "config/tests_reader.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "kaiku/base/json_writer.h"

#include "config/nearest.h"
#include "config/values.h"

namespace kaiku::config {
namespace {

constexpr int64_t kPartitions = 256;  // of a source in a test
constexpr const char* kTimeExample = "\"2026-03-02T10:01:00Z\"";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view skip_digits(std::string_view text) {
  while (!text.empty() && is_digit(text.front())) {
    text.remove_prefix(1);
  }
  return text;
}

// RFC 8259: no leading zero, no plus, a digit on both sides of the point.
bool is_json_number(std::string_view text) {
  if (!text.empty() && text.front() == '-') {
    text.remove_prefix(1);
  }
  if (text.empty() || !is_digit(text.front())) {
    return false;
  }
  if (text.front() == '0') {
    text.remove_prefix(1);
  } else {
    text = skip_digits(text);
  }
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    if (text.empty() || !is_digit(text.front())) {
      return false;
    }
    text = skip_digits(text);
  }
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    text.remove_prefix(1);
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
      text.remove_prefix(1);
    }
    if (text.empty() || !is_digit(text.front())) {
      return false;
    }
    text = skip_digits(text);
  }
  return text.empty();
}

void write(const Node& node, base::JsonWriter& out) {
  switch (node.kind) {
    case Node::Kind::kNull:
      out.null();
      return;
    case Node::Kind::kScalar:
      if (node.quoted) {
        out.string(node.text);
      } else if (node.text == "true" || node.text == "false" || is_json_number(node.text)) {
        out.raw(node.text);
      } else {
        out.string(node.text);
      }
      return;
    case Node::Kind::kList:
      out.begin_array();
      for (const Node& item : node.items) {
        write(item, out);
      }
      out.end_array();
      return;
    case Node::Kind::kMap:
      out.begin_object();
      for (size_t i = 0; i < node.keys.size(); ++i) {
        out.key(node.keys[i].text);
        write(node.items[i], out);
      }
      out.end_object();
      return;
  }
}

class TestsReader {
 public:
  TestsReader(const Node& root, Report& report) : report_(report) {
    if (const Node* sources = root.find("sources"); sources != nullptr) {
      for (const Node& key : sources->keys) {
        sources_.emplace_back(key.text);
      }
    }
  }

  std::vector<TestCase> read(const Node& tests) {
    std::vector<TestCase> out;
    for (size_t i = 0; i < tests.items.size(); ++i) {
      const size_t before = report_.error_count();
      TestCase made = read_case(tests.items[i], "tests[" + std::to_string(i) + "]");
      if (report_.error_count() == before) {
        out.push_back(std::move(made));
      }
    }
    return out;
  }

 private:
  void wrong(const Node& node,
             const std::string& path,
             std::string message,
             std::string suggestion = {}) {
    report_.error_at(node, "KA060", path, std::move(message), std::move(suggestion));
  }

  void check_keys(const Node& map,
                  const std::vector<std::string_view>& keys,
                  const std::string& path) {
    for (const Node& key : map.keys) {
      if (std::find(keys.begin(), keys.end(), key.text) == keys.end()) {
        tell_unknown(key, keys, path);
      }
    }
  }

  void tell_unknown(const Node& key,
                    const std::vector<std::string_view>& keys,
                    const std::string& path) {
    const std::string_view near = nearest(key.text, keys);
    std::string all = "known here:";
    for (const std::string_view known : keys) {
      all += " " + std::string(known);
    }
    report_.error_at(key,
                     "KA014",
                     path + "." + key.text,
                     "unknown key \"" + key.text + "\" in " + path,
                     near.empty() ? all : "did you mean \"" + std::string(near) + "\"?");
  }

  TestCase read_case(const Node& node, const std::string& path) {
    TestCase made;
    if (!node.is_map()) {
      wrong(node, path, "a test is a map of name, input and expect");
      return made;
    }
    check_keys(node, {"name", "input", "expect"}, path);
    made.line = node.place.line;
    const Node* name = node.find("name");
    if (name == nullptr || !name->is_scalar() || name->text.empty()) {
      wrong(name == nullptr ? node : *name,
            path + ".name",
            "a test needs a name: a sentence that says what holds");
    } else {
      made.name = name->text;
    }
    for (const Node* item : list_of(node,
                                    "input",
                                    path,
                                    "input is a list of records, each under its source",
                                    "- posts: {id: \"1\", text: hello}")) {
      read_input(*item, path + ".input", made.input);
    }
    for (const Node* item : list_of(node,
                                    "expect",
                                    path,
                                    "expect is a list of records that must come out",
                                    "- {output: aggregates, contains: {count_total: 1}}")) {
      read_expectation(*item, path + ".expect", made.expect);
    }
    return made;
  }

  std::vector<const Node*> list_of(const Node& node,
                                   std::string_view key,
                                   const std::string& path,
                                   std::string message,
                                   std::string suggestion) {
    std::vector<const Node*> out;
    const Node* list = node.find(key);
    if (list == nullptr || !list->is_list() || list->items.empty()) {
      wrong(list == nullptr ? node : *list,
            path + "." + std::string(key),
            std::move(message),
            std::move(suggestion));
      return out;
    }
    for (const Node& item : list->items) {
      out.push_back(&item);
    }
    return out;
  }

  void read_input(const Node& node, const std::string& path, std::vector<TestRecord>& out) {
    if (!node.is_map() || node.keys.empty() || !node.keys[0].is_scalar()) {
      wrong(node,
            path,
            "an input is one record under the name of its source",
            "- posts: {id: \"1\", text: hello}");
      return;
    }
    const Node& source = node.keys[0];
    if (std::find(sources_.begin(), sources_.end(), source.text) == sources_.end()) {
      const std::string_view near = nearest(source.text, sources_);
      wrong(source,
            path,
            "no source is called \"" + source.text + "\"",
            near.empty() ? "" : "did you mean \"" + std::string(near) + "\"?");
      return;
    }
    // Text is a record as it stands: that is how a test feeds bytes that are no JSON.
    const Node& value = node.items[0];
    TestRecord record;
    record.source = source.text;
    record.json = value.is_scalar() && value.quoted ? value.text : to_json(value);
    record.line = source.place.line;
    read_place(node, path, record);
    const auto same = std::find_if(out.begin(), out.end(), [&](const TestRecord& other) {
      return other.source == record.source;
    });
    if (same != out.end() && (same->at == base::kNoTime) != (record.at == base::kNoTime)) {
      wrong(source, path, "all records of a source have a log time (at), or none of them has");
    }
    out.push_back(std::move(record));
  }

  // Time, partition and key of a record in its topic: what stands behind the record itself.
  void read_place(const Node& node, const std::string& path, TestRecord& record) {
    static const std::vector<std::string_view> kKeys{"at", "partition", "key"};
    for (size_t i = 1; i < node.keys.size(); ++i) {
      const std::string& key = node.keys[i].text;
      const Node& value = node.items[i];
      if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
        tell_unknown(node.keys[i], kKeys, path);
      } else if (!value.is_scalar()) {
        wrong(value, path + "." + key, key + " is one value");
      } else if (key == "at") {
        record.at = base::parse_rfc3339(value.text);
        if (record.at == base::kNoTime) {
          wrong(value, path + ".at", "at is the time of the record in its topic", kTimeExample);
        }
      } else if (key == "partition") {
        std::string why = "write a whole number";
        const auto number = read_integer(value.text, why);
        if (!number || *number < 0 || *number >= kPartitions) {
          wrong(value, path + ".partition", "partition is a number from 0", why);
          continue;
        }
        record.partition = static_cast<int32_t>(*number);
      } else {
        record.key = value.text;
      }
    }
  }

  void read_expectation(const Node& node,
                        const std::string& path,
                        std::vector<TestExpectation>& out) {
    static const std::vector<std::string_view> kOutputs{
        "aggregates", "kpis", "outcomes", "alerts", "late", "dead_letters", "items", "ledger"};
    if (!node.is_map()) {
      wrong(node,
            path,
            "an expectation is a map",
            "{output: aggregates, contains: {count_total: 1}}");
      return;
    }
    check_keys(node, {"output", "contains", "text", "count"}, path);
    TestExpectation made;
    made.line = node.place.line;
    made.column = node.place.column;
    const Node* output = node.find("output");
    if (output == nullptr ||
        std::find(kOutputs.begin(), kOutputs.end(), output->text) == kOutputs.end()) {
      const std::string_view near = output == nullptr ? "" : nearest(output->text, kOutputs);
      wrong(output == nullptr ? node : *output,
            path + ".output",
            "output is one of: aggregates, kpis, outcomes, alerts, late, dead_letters, items, "
            "ledger",
            near.empty() ? "" : "did you mean \"" + std::string(near) + "\"?");
      return;
    }
    made.output = output->text;
    read_pattern(node, path, made);
    out.push_back(std::move(made));
  }

  void read_pattern(const Node& node, const std::string& path, TestExpectation& made) {
    const Node* contains = node.find("contains");
    if (contains != nullptr && !contains->is_map()) {
      wrong(*contains,
            path + ".contains",
            "contains is a map of fields",
            "{brand: kirkas, count_total: 1}");
      return;
    }
    made.contains_json = contains == nullptr ? "{}" : to_json(*contains);
    if (const Node* text = node.find("text"); text != nullptr) {
      made.text = text->text;
      if (!text->is_scalar() || text->text.empty()) {
        wrong(*text, path + ".text", "text is what a record must hold somewhere");
      }
    }
    if (const Node* count = node.find("count"); count != nullptr) {
      std::string why = "write a whole number";
      made.count = count->is_scalar() ? read_integer(count->text, why) : std::nullopt;
      if (!made.count.has_value() || *made.count < 0) {
        wrong(*count, path + ".count", "count is how many such records must come out", why);
      }
    }
  }

  Report& report_;
  std::vector<std::string_view> sources_;
};

}  // namespace

std::string to_json(const Node& node) {
  std::string out;
  base::JsonWriter writer(out);
  write(node, writer);
  return out;
}

std::vector<TestCase> read_tests(const Node& root, Report& report) {
  const Node* tests = root.find("tests");
  if (tests == nullptr || !tests->is_list()) {
    return {};
  }
  return TestsReader(root, report).read(*tests);
}

}  // namespace kaiku::config
