#include "config/view.h"

#include <optional>

#include "kaiku/base/check.h"

#include "config/values.h"

namespace kaiku::config {
namespace {

std::string join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

std::optional<int64_t> read(Type type, std::string_view text) {
  std::string ignored;
  switch (type) {
    case Type::kDuration:
      return read_duration(text, ignored);
    case Type::kSize:
      return read_size(text, ignored);
    default:
      return read_integer(text, ignored);
  }
}

}  // namespace

const Node* View::find(std::string_view key) const {
  const Node* found = node_ != nullptr && node_->is_map() ? node_->find(key) : nullptr;
  return found == nullptr || found->failed || found->kind == Node::Kind::kNull ? nullptr : found;
}

const Node& View::place(std::string_view key, const Node& fallback) const {
  const Node* found = node_ != nullptr && node_->is_map() ? node_->find(key) : nullptr;
  return found != nullptr ? *found : node_ != nullptr ? *node_ : fallback;
}

const Setting& View::setting(std::string_view key) const {
  const Setting* found = find_setting(join(schema_, key));
  KAIKU_CHECK(found != nullptr, "a key that is not in the table of settings");
  return *found;
}

View View::section(std::string_view key) const {
  return {find(key), std::string(setting(key).path), join(path_, key)};
}

std::vector<View::Named> View::each(std::string_view key) const {
  std::vector<Named> out;
  const Node* found = find(key);
  const std::string schema = join(std::string(setting(key).path), "*");
  if (found == nullptr || found->is_scalar()) {
    return out;
  }
  for (size_t i = 0; i < found->items.size(); ++i) {
    const Node& item = found->items[i];
    if (found->is_list()) {
      out.push_back({"", &item, View(&item, schema, path_of(key) + "[" + std::to_string(i) + "]")});
    } else if (found->keys[i].is_scalar() && found->keys[i].text != "<<") {
      const Node& name = found->keys[i];
      out.push_back({name.text, &name, View(&item, schema, join(path_of(key), name.text))});
    }
  }
  return out;
}

std::string View::text(std::string_view key) const {
  const Node* found = find(key);
  return found != nullptr && found->is_scalar() ? found->text : std::string(setting(key).fallback);
}

bool View::boolean(std::string_view key) const {
  std::string ignored;
  const Node* found = find(key);
  const auto value =
      found != nullptr && found->is_scalar() ? read_boolean(found->text, ignored) : std::nullopt;
  return value.value_or(setting(key).fallback == "true");
}

int64_t View::number(std::string_view key) const {
  const Setting& known = setting(key);
  const auto fallback = read(known.type, known.fallback);
  return number(key, fallback.value_or(0));
}

int64_t View::number(std::string_view key, int64_t fallback) const {
  const Setting& known = setting(key);
  const Node* found = find(key);
  const auto value =
      found != nullptr && found->is_scalar() ? read(known.type, found->text) : std::nullopt;
  const bool fits = value.has_value() && *value >= known.least && *value <= known.most;
  return fits ? *value : fallback;
}

std::vector<std::string> View::texts(std::string_view key) const {
  std::vector<std::string> out;
  const Node* found = find(key);
  if (found != nullptr && found->is_list()) {
    for (const Node& item : found->items) {
      if (item.is_scalar() && !item.failed) {
        out.push_back(item.text);
      }
    }
  }
  return out;
}

std::string View::path_of(std::string_view key) const {
  return join(path_, key);
}

}  // namespace kaiku::config
