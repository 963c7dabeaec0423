#include "config/expansion.h"

#include <utility>

#include "kaiku/text/utf8.h"

#include "config/input_file.h"

namespace kaiku::config {
namespace {

constexpr size_t kFileBytes = 64 << 10;
constexpr size_t kValueBytes = 1 << 20;
constexpr std::string_view kFilePrefix = "file:";

bool is_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) {
    return false;
  }
  for (const char c : name) {
    const bool fits =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!fits) {
      return false;
    }
  }
  return true;
}

class Expander {
 public:
  Expander(const ExpansionScope& scope, Report& report) : scope_(scope), report_(report) {}

  void visit(Node& node, const std::string& path, bool optional) {
    if (node.is_scalar()) {
      if (node.text.find('$') != std::string::npos) {
        node.failed = !fill(node, path, optional);
      }
      return;
    }
    for (size_t i = 0; i < node.items.size(); ++i) {
      const std::string below =
          node.is_list() ? path + "[" + std::to_string(i) + "]"
                         : (path.empty() ? node.keys[i].text : path + "." + node.keys[i].text);
      if (node.is_map() && node.keys[i].text.find("${") != std::string::npos) {
        report_.error_at(node.keys[i], "KA021", below, "variables stand in values, not in keys");
      }
      if (below != "tests") {
        visit(node.items[i],
              below,
              optional || (scope_.broker_is_optional && (below == "log" || below == "state")));
      }
    }
  }

 private:
  // False if the value cannot be had; the report says why unless it is optional.
  bool fill(Node& node, const std::string& path, bool optional) {
    std::string out;
    std::string_view rest = node.text;
    while (!rest.empty()) {
      const size_t dollar = rest.find('$');
      out.append(rest.substr(0, dollar));
      if (dollar == std::string_view::npos) {
        break;
      }
      rest.remove_prefix(dollar);
      if (rest.substr(0, 2) == "$$") {
        out += '$';
        rest.remove_prefix(2);
      } else if (rest.substr(0, 2) == "${") {
        const size_t end = rest.find('}');
        if (end == std::string_view::npos) {
          report_.error_at(node, "KA021", path, "a ${ without }", "write $$ for a dollar sign");
          return false;
        }
        node.expanded = true;
        if (!one(node, path, rest.substr(2, end - 2), optional, out)) {
          return false;
        }
        rest.remove_prefix(end + 1);
      } else {
        out += '$';
        rest.remove_prefix(1);
      }
      if (out.size() > kValueBytes) {
        report_.error_at(node, "KA021", path, "the value grows past 1 MiB");
        return false;
      }
    }
    if (out.find('\0') != std::string::npos || !text::is_utf8(out)) {
      report_.error_at(node, "KA021", path, "what was filled in is not UTF-8 text");
      return false;
    }
    node.text = std::move(out);
    return true;
  }

  // One ${...}; false if the report says why not.
  bool one(const Node& node,
           const std::string& path,
           std::string_view inside,
           bool optional,
           std::string& out) {
    if (inside.substr(0, kFilePrefix.size()) == kFilePrefix) {
      return file(node, path, std::string(inside.substr(kFilePrefix.size())), optional, out);
    }
    const size_t colon = inside.find(':');
    const std::string_view name = inside.substr(0, colon);
    const std::string_view rest = colon == std::string_view::npos ? "" : inside.substr(colon);
    const bool has_default = rest.substr(0, 2) == ":-";
    const bool has_message = rest.substr(0, 2) == ":?";
    if (!is_name(name) || (!rest.empty() && !has_default && !has_message)) {
      report_.error_at(node,
                       "KA021",
                       path,
                       "${" + std::string(inside) + "} is not understood",
                       "write ${NAME}, ${NAME:-default}, ${NAME:?message} or ${file:path}");
      return false;
    }
    const std::optional<std::string> value = scope_.env(name);
    const bool is_set = value.has_value() && (!value->empty() || (!has_default && !has_message));
    if (is_set) {
      out += *value;
      return true;
    }
    if (has_default) {
      out += rest.substr(2);
      return true;
    }
    if (optional) {
      return false;
    }
    std::string message = "the environment variable " + std::string(name) + " is not set";
    if (has_message && rest.size() > 2) {
      message += ": " + std::string(rest.substr(2));
    }
    report_.error_at(node,
                     "KA020",
                     path,
                     std::move(message),
                     has_message ? "" : "set it, or write ${" + std::string(name) + ":-default}");
    return false;
  }

  bool file(const Node& node,
            const std::string& path,
            const std::string& name,
            bool optional,
            std::string& out) {
    auto content = read_input_file(resolve_path(scope_.base_dir, name), kFileBytes);
    if (!content.has_value()) {
      if (!optional) {
        report_.error_at(node, "KA022", path, content.error().message());
      }
      return false;
    }
    std::string text = std::move(content).value();
    if (!text.empty() && text.back() == '\n') {
      text.pop_back();
    }
    if (!text.empty() && text.back() == '\r') {
      text.pop_back();
    }
    out += text;
    return true;
  }

  const ExpansionScope& scope_;
  Report& report_;
};

}  // namespace

void expand(Node& root, const ExpansionScope& scope, Report& report) {
  Expander(scope, report).visit(root, "", false);
}

}  // namespace kaiku::config
