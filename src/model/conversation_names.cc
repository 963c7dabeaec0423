#include <array>
#include <utility>

#include "kaiku/model/conversation.h"

namespace kaiku::model {
namespace {

constexpr std::array<std::string_view, kSeverities> kSeverityNames = {
    "", "trivial", "minor", "major", "critical", "blocker"};

constexpr std::array<std::pair<std::string_view, ConversationStatus>, 14> kStatusNames = {{
    {"", ConversationStatus::kNone},
    {"new", ConversationStatus::kOpen},
    {"open", ConversationStatus::kOpen},
    {"confirmed", ConversationStatus::kOpen},
    {"in_progress", ConversationStatus::kOpen},
    {"pending", ConversationStatus::kPending},
    {"on_hold", ConversationStatus::kOnHold},
    {"hold", ConversationStatus::kOnHold},
    {"solved", ConversationStatus::kSolved},
    {"fixed", ConversationStatus::kSolved},
    {"wont_fix", ConversationStatus::kSolved},
    {"duplicate", ConversationStatus::kSolved},
    {"closed", ConversationStatus::kClosed},
    {"reopened", ConversationStatus::kReopened},
}};

}  // namespace

std::string_view name_of(Severity severity) {
  const auto index = static_cast<size_t>(severity);
  return index < kSeverities ? kSeverityNames[index] : std::string_view();
}

bool parse_name(std::string_view name, Severity& severity) {
  for (size_t i = 0; i < kSeverities; ++i) {
    if (kSeverityNames[i] == name) {
      severity = static_cast<Severity>(i);
      return true;
    }
  }
  return false;
}

bool parse_name(std::string_view name, ConversationStatus& status) {
  for (const auto& [known, value] : kStatusNames) {
    if (known == name) {
      status = value;
      return true;
    }
  }
  return false;
}

}  // namespace kaiku::model
