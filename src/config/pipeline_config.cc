#include "kaiku/config/pipeline_config.h"

#include <cstdlib>
#include <exception>
#include <utility>

#include "config/checker.h"
#include "config/expansion.h"
#include "config/input_file.h"
#include "config/node.h"
#include "config/overrides.h"
#include "config/plan_builder.h"
#include "config/report.h"
#include "config/tests_reader.h"
#include "config/yaml_reader.h"

namespace kaiku::config {
namespace {

constexpr size_t kFileBytes =
    (4U << 20) + 1;  // one more than the reader takes, so that it says why

std::optional<std::string> process_env(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

void read_into(std::string_view text,
               const std::string& file,
               const LoadOptions& options,
               Report& report,
               Loaded& loaded) {
  const uint32_t source = report.add_source(file, text);
  std::optional<Node> root = read_yaml(text, source, report);
  if (!root.has_value()) {
    return;
  }
  apply_overrides(*root, options.overrides, report);
  const ExpansionScope scope{options.env ? options.env : process_env,
                             options.base_dir.empty() ? folder_of(file) : options.base_dir,
                             options.purpose == Purpose::kReplay};
  expand(*root, scope, report);
  check_tree(*root, report);
  if (!root->is_map()) {
    return;
  }
  loaded.tests = read_tests(*root, report);
  loaded.plan = build_plan(*root, file, scope, options.purpose, report);
  if (const Node* description = root->find("description"); description != nullptr) {
    loaded.description = description->text;
  }
}

}  // namespace

Loaded load_pipeline_text(std::string_view text,
                          const std::string& file,
                          const LoadOptions& options) {
  Loaded loaded;
  Report report;
  try {
    read_into(text, file, options, report, loaded);
  } catch (const std::exception& error) {
    report.error({"KA098",
                  {0, 0, 0},
                  1,
                  "",
                  std::string("kaiku failed to read the file: ") + error.what(),
                  ""});
  }
  if (report.has_errors()) {
    loaded.plan = nullptr;
  }
  loaded.diagnostics = report.take();
  return loaded;
}

Loaded load_pipeline(const std::string& path, const LoadOptions& options) {
  auto content = read_input_file(path, kFileBytes);
  if (content.has_value()) {
    return load_pipeline_text(content.value(), path, options);
  }
  Loaded loaded;
  Report report;
  report.error(
      {"KA022", {report.add_source(path, ""), 0, 0}, 1, "", content.error().message(), ""});
  loaded.diagnostics = report.take();
  return loaded;
}

}  // namespace kaiku::config
