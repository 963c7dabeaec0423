// The texts of posts.
#include <span>

#include "generate/teller.h"
#include "generate/vocabulary.h"

namespace kaiku::generate {
namespace {

// The codes that an app or a receipt shows: of another problem they are others, and of a problem
// that is told again one is read wrongly. They have digits, so they are no terms of what is talked
// about; and are many, so that what surrounds them hardly matters to whoever compares texts.
void add_problem(const TextPlan& plan, std::string& out) {
  constexpr unsigned kCodes = 40;
  constexpr std::string_view kDigits = "0123456789abcdef";
  base::Prng prng(plan.problem);
  for (unsigned code = 0; code < kCodes; ++code) {
    const bool is_misread = plan.told_before != 0 && code == plan.told_before % kCodes;
    out += ' ';
    out += static_cast<char>('0' + prng.below(10));
    for (unsigned i = 0; i < 4; ++i) {
      const uint64_t digit = prng.below(16);
      out += kDigits[is_misread ? 15 - digit : digit];
    }
  }
}

}  // namespace

void Teller::add_mention(uint16_t brand, base::Prng& prng, std::string& out) const {
  const Brand& named = brands_[brand];
  const uint64_t draw = prng.below(100);
  const std::string& first = named.aliases.empty() ? named.name : named.aliases.front();
  if (draw < 60) {
    out.append(first);
    // The plain alias with a capital, as people write names.
    char& letter = out[out.size() - first.size()];
    const bool is_small = letter >= 'a' && letter <= 'z';
    letter = draw >= 40 && is_small ? static_cast<char>(letter - ('a' - 'A')) : letter;
  } else if (draw < 72 || named.aliases.size() < 2) {
    out.append(named.name);
  } else {
    out.append(named.aliases[1 + prng.below(named.aliases.size() - 1)]);
  }
}

void Teller::add_phrase(std::string_view phrase,
                        uint16_t brand,
                        base::Prng& prng,
                        std::string& out) const {
  const size_t place = phrase.find('%');
  out.append(phrase.substr(0, place));
  if (place != std::string_view::npos) {
    add_mention(brand, prng, out);
    out.append(phrase.substr(place + 1));
  }
}

void Teller::make_text(const TextPlan& plan, std::string& out) const {
  base::Prng prng(plan.seed);
  const auto one_of = [&prng](std::span<const std::string_view> all) {
    return all[prng.below(all.size())];
  };
  switch (plan.kind) {
    case TextPlan::Kind::kAboutBrand:
      add_phrase(one_of(phrases(plan.language, plan.mood)), plan.brands[0], prng, out);
      break;
    case TextPlan::Kind::kSmallTalk:
      out.append(one_of(small_talk(plan.language)));
      break;
    case TextPlan::Kind::kAnswer:
      out.append(one_of(answers(plan.language)));
      break;
    case TextPlan::Kind::kThanks:
      out.append(one_of(thanks(plan.language)));
      break;
    case TextPlan::Kind::kPlanted:
      add_mention(plan.brands[0], prng, out);
      out.append(prng.chance(1, 2) ? ": " : " ").append(planted_[plan.planted].term).append("!");
      if (plan.problem != 0) {
        add_problem(plan, out);
      }
      return;
  }
  if (plan.brands[1] != kNoBrand) {
    out += ' ';
    add_phrase(one_of(comparisons(plan.language)), plan.brands[1], prng, out);
  }
  if (plan.problem != 0) {
    add_problem(plan, out);
    return;
  }
  while (prng.chance(1, 2)) {
    out += prng.chance(1, 8) ? '\n' : ' ';
    out.append(one_of(afterthoughts(plan.language)));
  }
  while (prng.chance(1, 4)) {
    out += ' ';
    out.append(one_of(hashtags()));
  }
  while (prng.chance(1, 4)) {
    out += ' ';
    out.append(one_of(emoji()));
  }
}

}  // namespace kaiku::generate
