#include "app/replay_proof.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "kaiku/base/crc32c.h"

namespace kaiku::app {
namespace {

using base::Exit;
using base::Status;
using Json = nlohmann::ordered_json;

Json seal_of(const std::string& file, std::string_view lines) {
  return {{"file", file},
          {"lines", std::count(lines.begin(), lines.end(), '\n')},
          {"crc32c", fmt::format("{:08x}", base::crc32c(lines))}};
}

std::optional<std::string> content_of(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return std::nullopt;
  }
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return file.bad() || !file.is_open() ? std::nullopt : std::optional(std::move(content));
}

std::optional<uint64_t> count_of(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_unsigned()
             ? std::optional(found->get<uint64_t>())
             : std::nullopt;
}

// The sum of all counts of an object; nothing if it is none.
std::optional<uint64_t> sum_of(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_object()) {
    return std::nullopt;
  }
  uint64_t sum = 0;
  for (const Json& count : *found) {
    if (!count.is_number_unsigned()) {
      return std::nullopt;
    }
    sum += count.get<uint64_t>();
  }
  return sum;
}

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

class Check {
 public:
  explicit Check(const std::string& directory) : directory_(directory) {}

  void source(const Json& source) {
    const std::string name = "source '" + text_of(source, "source") + "'";
    const auto outcomes = source.find("outcomes");
    const bool has_outcomes = outcomes != source.end() && outcomes->is_object();
    const auto outcome = [&](const char* which) {
      return has_outcomes ? count_of(*outcomes, which) : std::nullopt;
    };
    same(name, "items", count_of(source, "items"), "all outcomes", sum_of(source, "outcomes"));
    same(name, "duplicates", outcome("duplicate"), "all kinds", sum_of(source, "duplicates"));
    same(name,
         "dead letters",
         outcome("dead_letter"),
         "all classes",
         sum_of(source, "dead_letters"));
    same(name, "sent", count_of(source, "sent"), "received", count_of(source, "received"));
    balanced(name, source);
  }

  void balanced(const std::string& name, const Json& object) {
    const auto found = object.find("balanced");
    if (found == object.end() || !found->is_boolean() || !found->get<bool>()) {
      wrong(name + ": not balanced");
    }
  }

  void file(const Json& seal) {
    const std::string name = text_of(seal, "file");
    if (name.empty() || name.find('/') != std::string::npos) {
      wrong("a file without a name");
      return;
    }
    const auto content = content_of(directory_ + "/" + name);
    if (!content) {
      wrong(name + ": missing or unreadable");
      return;
    }
    const Json now = seal_of(name, *content);
    if (now["lines"] != seal.value("lines", int64_t{-1})) {
      wrong(fmt::format("{}: {} lines instead of {}",
                        name,
                        now["lines"].get<int64_t>(),
                        seal.value("lines", int64_t{-1})));
    } else if (now["crc32c"] != text_of(seal, "crc32c")) {
      wrong(name + ": its content was changed");
    }
  }

  void wrong(const std::string& what) { problems_ += "\n  " + what; }

  [[nodiscard]] Status status() const {
    return problems_.empty()
               ? Status::ok()
               : Status::stop(Exit::kBadData,
                              directory_ + " is not what a replay wrote there:" + problems_);
  }

 private:
  void same(const std::string& source,
            const char* what,
            std::optional<uint64_t> count,
            const char* of,
            std::optional<uint64_t> sum) {
    if (!count || !sum) {
      wrong(fmt::format("{}: no count of {}", source, what));
    } else if (*count != *sum) {
      wrong(fmt::format("{}: {} {}, {} {}", source, what, *count, of, *sum));
    }
  }

  const std::string& directory_;
  std::string problems_;
};

}  // namespace

std::string prove(std::string_view ledger, const std::vector<Output>& outputs) {
  Json proof = Json::parse(ledger);
  Json files = Json::array();
  for (const Output& output : outputs) {
    files.push_back(seal_of(output.name + ".jsonl", output.lines));
  }
  proof["files"] = std::move(files);
  return proof.dump();
}

Status check_proof(const std::string& directory) {
  const std::string path = directory + "/ledger.json";
  const auto content = content_of(path);
  if (!content) {
    return Status::stop(Exit::kNoInput, path + ": missing or unreadable");
  }
  const Json proof = Json::parse(*content, nullptr, false);
  if (!proof.is_object()) {
    return Status::stop(Exit::kBadData, path + ": no JSON object");
  }
  Check check(directory);
  for (const char* part : {"sources", "files"}) {
    const auto found = proof.find(part);
    if (found == proof.end() || !found->is_array() || found->empty()) {
      check.wrong(std::string("ledger.json names no ") + part);
      continue;
    }
    for (const Json& each : *found) {
      if (!each.is_object()) {
        check.wrong(std::string("ledger.json: one of its ") + part + " is no object");
      } else if (part == std::string_view("sources")) {
        check.source(each);
      } else {
        check.file(each);
      }
    }
  }
  check.balanced("ledger.json", proof);
  return check.status();
}

}  // namespace kaiku::app
