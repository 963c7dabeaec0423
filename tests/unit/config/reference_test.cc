#include "kaiku/config/reference.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/settings.h"
#include "config/values.h"
#include "unit/config/loading.h"

namespace kaiku::config {
namespace {

constexpr std::string_view kBegin = "<!-- reference: begin -->\n";
constexpr std::string_view kEnd = "<!-- reference: end -->\n";
const std::string kReadme = KAIKU_SOURCE_DIR "/pipelines/README.md";
const std::string kSchema = KAIKU_SOURCE_DIR "/pipelines/schemas/pipeline.v1.schema.json";

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

// KAIKU_WRITE_REFERENCE=1 brings the files up to date instead of comparing them.
bool is_writing() {
  return std::getenv("KAIKU_WRITE_REFERENCE") != nullptr;
}

TEST(Reference, TheReadmeIsWhatTheTableOfSettingsSays) {
  std::string readme = content_of(kReadme);
  const size_t begin = readme.find(kBegin);
  const size_t end = readme.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const size_t from = begin + kBegin.size();
  if (is_writing()) {
    readme.replace(from, end - from, reference_markdown());
    std::ofstream(kReadme, std::ios::binary) << readme;
    return;
  }
  EXPECT_EQ(readme.substr(from, end - from), reference_markdown())
      << "run this test with KAIKU_WRITE_REFERENCE=1 to bring the page up to date";
}

TEST(Reference, TheSchemaIsWhatTheTableOfSettingsSays) {
  if (is_writing()) {
    std::ofstream(kSchema, std::ios::binary) << config_schema_json();
    return;
  }
  EXPECT_EQ(content_of(kSchema), config_schema_json())
      << "run this test with KAIKU_WRITE_REFERENCE=1 to bring the schema up to date";
}

TEST(Reference, EverySettingIsThere) {
  const std::string page = reference_markdown();
  for (const Setting& setting : settings()) {
    const bool is_row = setting.type != Type::kSection && setting.type != Type::kNamed &&
                        setting.type != Type::kList;
    if (is_row) {
      EXPECT_THAT(page, testing::HasSubstr("| `" + path_for_people(setting.path) + "` |"));
    }
  }
  EXPECT_THAT(page, testing::HasSubstr("`sources.<name>.topic`"));
  EXPECT_THAT(page, testing::HasSubstr("`brands[].aliases`"));
}

TEST(Settings, EveryParentIsASectionAndNoPathIsTwice) {
  for (const Setting& setting : settings()) {
    EXPECT_EQ(find_setting(setting.path), &setting) << setting.path;
    const size_t dot = setting.path.rfind('.');
    if (dot == std::string_view::npos) {
      continue;
    }
    std::string parent(setting.path.substr(0, dot));
    if (parent.back() == '*') {
      parent.resize(parent.size() - 2);
    }
    const Setting* owner = find_setting(parent);
    ASSERT_NE(owner, nullptr) << setting.path;
    EXPECT_TRUE(owner->type == Type::kSection || owner->type == Type::kNamed ||
                owner->type == Type::kList)
        << setting.path;
  }
}

TEST(Settings, EveryDefaultIsAValueOfItsSetting) {
  for (const Setting& setting : settings()) {
    if (setting.fallback.empty()) {
      continue;
    }
    std::string why;
    std::optional<int64_t> number = 0;
    if (setting.type == Type::kDuration) {
      number = read_duration(setting.fallback, why);
    } else if (setting.type == Type::kSize) {
      number = read_size(setting.fallback, why);
    } else if (setting.type == Type::kInteger) {
      number = read_integer(setting.fallback, why);
    } else if (setting.type == Type::kBoolean) {
      EXPECT_TRUE(read_boolean(setting.fallback, why).has_value()) << setting.path;
      continue;
    } else if (setting.type == Type::kChoice) {
      const auto choices = choices_of(setting);
      EXPECT_NE(std::find(choices.begin(), choices.end(), setting.fallback), choices.end())
          << setting.path;
      continue;
    } else {
      continue;
    }
    ASSERT_TRUE(number.has_value()) << setting.path << ": " << why;
    EXPECT_GE(*number, setting.least) << setting.path;
    EXPECT_LE(*number, setting.most) << setting.path;
  }
}

// What the table calls a default is what a plan gets when the key is left out.
TEST(Settings, WritingOutADefaultChangesNothing) {
  const Loaded plain = load(kMinimal);
  ASSERT_NE(plain.plan, nullptr);
  for (const Setting& setting : settings()) {
    if (setting.fallback.empty() || setting.path.find('*') != std::string_view::npos) {
      continue;
    }
    LoadOptions options = options_with();
    options.overrides = {std::string(setting.path) + "=" + std::string(setting.fallback)};
    const Loaded written = load(kMinimal, options);
    ASSERT_NE(written.plan, nullptr) << setting.path << "\n" << render(written.diagnostics);
    EXPECT_EQ(written.plan->fingerprint, plain.plan->fingerprint) << setting.path;
  }
}

}  // namespace
}  // namespace kaiku::config
