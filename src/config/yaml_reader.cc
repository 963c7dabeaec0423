#include "config/yaml_reader.h"

#include <algorithm>
#include <exception>
#include <map>
#include <sstream>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "kaiku/text/utf8.h"

namespace kaiku::config {
namespace {

constexpr size_t kTextBytes = 4U << 20;
constexpr size_t kDepth = 64;
constexpr size_t kNodes = 200'000;

// Leaves the parser once the report has said why.
struct Stop : std::exception {};

Place place_of(const YAML::Mark& mark, uint32_t source) {
  return {source, mark.line + 1, mark.column + 1};
}

size_t count_nodes(const Node& node) {
  size_t nodes = 1;
  for (const Node& item : node.items) {
    nodes += count_nodes(item);
  }
  return nodes + node.keys.size();
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(uint32_t source, Report& report) : source_(source), report_(report) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) {
      stop(mark, "KA004", "a second document begins here: a pipeline file holds one");
    }
  }

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(leaf(Node::Kind::kNull, mark, ""), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) {
      stop(mark, "KA005", "this alias stands inside what it names");
    }
    nodes_ += count_nodes(known->second);
    if (nodes_ > kNodes) {
      stop(mark, "KA005", "the aliases of this file expand to more than 200,000 values");
    }
    add(known->second, 0);
  }

  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    Node node = leaf(Node::Kind::kScalar, mark, value);
    node.quoted = tag == "!";
    add(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(Node::Kind::kList, mark, tag, anchor, style);
  }

  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(Node::Kind::kMap, mark, tag, anchor, style);
  }

  void OnMapEnd() override { close(); }

  [[nodiscard]] std::optional<Node> take() {
    for (Report::Finding& finding : wrong_keys_) {
      report_.error(std::move(finding));
    }
    return std::move(root_);
  }

  // The innermost bracket that was never closed, for an error at the end of the text.
  [[nodiscard]] std::optional<Place> open_bracket() const {
    for (auto frame = stack_.rbegin(); frame != stack_.rend(); ++frame) {
      if (frame->is_flow) {
        return frame->node.place;
      }
    }
    return std::nullopt;
  }

 private:
  struct Frame {
    Node node;
    YAML::anchor_t anchor = 0;
    bool is_flow = false;
    bool has_key = false;  // of a map: the next node is the value of the last key
  };

  [[noreturn]] void stop(const YAML::Mark& mark, std::string_view code, std::string message) {
    report_.error({code, place_of(mark, source_), 1, "", std::move(message), ""});
    throw Stop();
  }

  Node leaf(Node::Kind kind, const YAML::Mark& mark, const std::string& value) {
    if (++nodes_ > kNodes) {
      stop(mark, "KA003", "more than 200,000 values");
    }
    Node node;
    node.kind = kind;
    node.place = place_of(mark, source_);
    node.text = value;
    node.written = value;
    return node;
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") {
      stop(mark, "KA005", "tags (" + tag + ") are not used here: leave it out");
    }
  }

  void open(Node::Kind kind,
            const YAML::Mark& mark,
            const std::string& tag,
            YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    refuse_tag(mark, tag);
    if (stack_.size() >= kDepth) {
      stop(mark, "KA003", "nested deeper than 64 levels");
    }
    // Flow style is reported for the collection that begins with a bracket.
    stack_.push_back({leaf(kind, mark, ""), anchor, style == YAML::EmitterStyle::Flow, false});
  }

  void close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    if (frame.node.is_map()) {
      check_keys(frame.node);
    }
    add(std::move(frame.node), frame.anchor);
  }

  void add(Node node, YAML::anchor_t anchor) {
    if (anchor != 0) {
      anchors_[anchor] = node;
    }
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = stack_.back();
    if (frame.node.is_map() && !frame.has_key) {
      frame.node.keys.push_back(std::move(node));
      frame.has_key = true;
      return;
    }
    frame.node.items.push_back(std::move(node));
    frame.has_key = false;
  }

  void check_keys(const Node& map) {
    std::unordered_map<std::string, int> lines;
    for (const Node& key : map.keys) {
      if (!key.is_scalar()) {
        wrong_key(key, "KA011", "a key has to be a word, not " + std::string(kind_name(key)));
        continue;
      }
      if (key.text == "<<" && !key.quoted) {
        wrong_key(key, "KA005", "merge keys are not used here", "write the keys out");
        continue;
      }
      const auto [first, is_new] = lines.emplace(key.text, key.place.line);
      if (!is_new) {
        wrong_key(key,
                  "KA010",
                  "the key \"" + key.text + "\" is given twice",
                  "the first one is in line " + std::to_string(first->second));
      }
    }
  }

  // Kept until the text has proved to be YAML: at a broken place the parser guesses keys nobody
  // wrote.
  void wrong_key(const Node& key,
                 std::string_view code,
                 std::string message,
                 std::string suggestion = {}) {
    wrong_keys_.push_back(
        {code, key.place, width_of(key), "", std::move(message), std::move(suggestion)});
  }

  uint32_t source_;
  Report& report_;
  std::optional<Node> root_;
  std::vector<Report::Finding> wrong_keys_;
  std::vector<Frame> stack_;
  std::unordered_map<YAML::anchor_t, Node> anchors_;
  size_t nodes_ = 0;
  size_t documents_ = 0;
};

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool has_tab_indent(std::string_view line) {
  const size_t content = line.find_first_not_of(" \t");
  return content != std::string_view::npos && line[content] != '#' &&
         line.substr(0, content).find('\t') != std::string_view::npos;
}

// A plain word of the parser's is of little use without what usually stands behind it.
std::string hint_for(std::string_view line, int column) {
  const size_t at = column > 0 ? static_cast<size_t>(column - 1) : 0;
  const char here = at < line.size() ? line[at] : '\0';
  if (here == '@' || here == '`' || here == '%') {
    return std::string("put the value in quotes: ") + here + " may not begin one";
  }
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '#' && (is_blank(line[i - 1]) || line[i - 1] == '[' || line[i - 1] == ',')) {
      return "a # begins a comment: put the value in quotes";
    }
  }
  const size_t colon = line.find(": ");
  if (colon != std::string_view::npos && line.find(": ", colon + 1) < at + 1) {
    return "put a value that holds \": \" in quotes";
  }
  return "";
}

// The nearest line above an error that is indented with a tab: mostly its cause.
std::optional<Place> tab_above(const Report& report, Place place) {
  for (int line = place.line; line > 0 && line > place.line - 3; --line) {
    const Place begin{place.source, line, 1};
    if (has_tab_indent(report.line_of(begin))) {
      return Place{place.source, line, static_cast<int>(report.line_of(begin).find('\t')) + 1};
    }
  }
  return std::nullopt;
}

void report_tab(Report& report, Place place) {
  report.error({"KA002", place, 1, "", "a tab in the indentation", "indent with blanks"});
}

void report_parser(const YAML::Exception& error,
                   const TreeBuilder& tree,
                   uint32_t source,
                   Report& report) {
  Place place = place_of(error.mark, source);
  if (error.mark.is_null()) {
    place = {source, 1, 1};
  }
  if (const auto tab = tab_above(report, place); tab.has_value()) {
    report_tab(report, *tab);
    return;
  }
  if (const auto bracket = tree.open_bracket();
      bracket.has_value() && error.msg.find("not found") != std::string::npos) {
    const std::string hint = hint_for(report.line_of(*bracket), 0);
    report.error({"KA001", *bracket, 1, "", "this bracket is never closed", hint});
    return;
  }
  report.error({"KA001",
                place,
                1,
                "",
                "not valid YAML: " + error.msg,
                hint_for(report.line_of(place), place.column)});
}

// Every node that begins a line indented with a tab.
void check_tabs(const Node& node, Report& report, int& last_line) {
  const auto check = [&report, &last_line](const Node& at) {
    const std::string_view line = report.line_of(at.place);
    const size_t content = line.find_first_not_of(" \t");
    if (at.place.line != last_line && has_tab_indent(line) &&
        static_cast<size_t>(at.place.column) == content + 1) {
      last_line = at.place.line;
      report_tab(report, {at.place.source, at.place.line, static_cast<int>(line.find('\t')) + 1});
    }
  };
  check(node);
  for (const Node& key : node.keys) {
    check(key);
  }
  for (const Node& item : node.items) {
    check_tabs(item, report, last_line);
  }
}

// Is there a closing quote in what follows the opening one?
bool is_closed(std::string_view text, char quote) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      const bool doubled = quote == '\'' && at + 1 < text.size() && text[at + 1] == quote;
      if (!doubled) {
        return true;
      }
      ++at;
    }
  }
  return false;
}

// The parser takes the end of the text for the closing quote; nobody means that.
void check_quotes(const Node& node,
                  const std::vector<size_t>& lines,
                  std::string_view text,
                  Report& report) {
  if (node.is_scalar() && node.quoted && static_cast<size_t>(node.place.line) <= lines.size()) {
    const size_t at = lines[static_cast<size_t>(node.place.line) - 1] +
                      static_cast<size_t>(node.place.column) - 1;
    const char quote = at < text.size() ? text[at] : '\0';
    if (quote == '"' || quote == '\'') {
      if (!is_closed(text.substr(at + 1), quote)) {
        report.error({"KA001", node.place, 1, "", "this quote is never closed", ""});
      }
    }
  }
  for (const Node& key : node.keys) {
    check_quotes(key, lines, text, report);
  }
  for (const Node& item : node.items) {
    check_quotes(item, lines, text, report);
  }
}

std::vector<size_t> line_starts(std::string_view text) {
  std::vector<size_t> starts{0};
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') {
      starts.push_back(i + 1);
    }
  }
  return starts;
}

bool check_bytes(std::string_view text, uint32_t source, Report& report) {
  const auto refuse = [&](Place place, std::string message) {
    report.error({"KA003", place, 1, "", std::move(message), ""});
    return false;
  };
  if (text.size() > kTextBytes) {
    return refuse({source, 0, 0}, "the file is larger than 4 MiB");
  }
  const size_t valid = std::min(text::valid_utf8_prefix(text), text.find('\0'));
  if (valid < text.size()) {
    const std::string_view before = text.substr(0, valid);
    const size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
    const auto line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
    return refuse({source, line, static_cast<int>(valid - start) + 1},
                  text[valid] == '\0' ? "a NUL byte" : "not UTF-8: save the file as UTF-8");
  }
  return true;
}

}  // namespace

std::optional<Node> read_yaml(std::string_view text, uint32_t source, Report& report) {
  if (!check_bytes(text, source, report)) {
    return std::nullopt;
  }
  TreeBuilder tree(source, report);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(tree)) {
    }
  } catch (const Stop&) {
    return std::nullopt;
  } catch (const YAML::Exception& error) {
    report_parser(error, tree, source, report);
    return std::nullopt;
  } catch (const std::exception& error) {
    report.error(
        {"KA001", {source, 0, 0}, 1, "", std::string("not valid YAML: ") + error.what(), ""});
    return std::nullopt;
  }
  std::optional<Node> root = tree.take();
  if (!root.has_value()) {
    report.error({"KA004", {source, 0, 0}, 1, "", "the file is empty", ""});
    return std::nullopt;
  }
  int last_line = 0;
  check_tabs(*root, report, last_line);
  check_quotes(*root, line_starts(text), text, report);
  return root;
}

}  // namespace kaiku::config
