#include "generate/silo_truth.h"

#include <algorithm>
#include <string>

namespace kaiku::generate {
namespace {

constexpr int64_t kContinuedWithin = 48 * base::kHour;
// Who asks more in a day is no single customer.
constexpr std::ptrdiff_t kQuestionsPerDay = 16;

}  // namespace

void SiloTruth::take(const Post& post, uint16_t brand) {
  const bool is_question =
      post.type == model::ItemType::kSupportMessage || post.type == model::ItemType::kBugReport;
  if (is_question && post.target == 0 && !post.from_brand && !post.automatic) {
    questions_[post.customer].push_back({post.occurred_at, brand, post.channel, post.text.problem});
  }
}

void SiloTruth::tell(KpiRows& kpis) const {
  for (const auto& [customer, questions] : questions_) {
    const auto is_of_one = [&all = questions](const Question& one) {
      return std::count_if(all.begin(), all.end(), [&](const Question& other) {
               return base::day_of(other.at) == base::day_of(one.at);
             }) <= kQuestionsPerDay;
    };
    for (const Question& question : questions) {
      if (!is_of_one(question)) {
        continue;
      }
      const bool is_continued =
          question.problem != 0 &&
          std::any_of(questions.begin(), questions.end(), [&](const Question& before) {
            return before.problem == question.problem && before.channel != question.channel &&
                   before.at < question.at && before.at >= question.at - kContinuedWithin &&
                   is_of_one(before);
          });
      kpis.count({question.at, question.brand, std::string(channel_names()[question.channel])},
                 Share::kContinuedElsewhere,
                 is_continued ? 1 : 0,
                 1);
    }
  }
}

}  // namespace kaiku::generate
