#include "generate/burst_truth.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include "generate/vocabulary.h"

namespace kaiku::generate {
namespace {

constexpr size_t kTermsOfText = 24;
constexpr size_t kTermBytes = 31;
constexpr size_t kLettersLeast = 4;
constexpr int64_t kHoursOfDay = 24;
constexpr double kDiscount = 0.97;
constexpr double kShapeLeast = 0.5;
constexpr double kForgotten = 0.05;
constexpr double kOpens = 1e-4;
constexpr double kDiscoveries = 0.05;
constexpr double kTimesExpected = 2;
constexpr double kCalm = 0.05;
constexpr int kCalmHours = 3;
constexpr double kLoudLeast = 0.25;
constexpr double kLoudMost = 24;
constexpr int64_t kAuthorsTold = 16;

// Letters are those of the vocabulary: ASCII, and of Latin-1, whose UTF-8 begins with 0xC3.
size_t letter_at(std::string_view text, size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  if (c < 0x80) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    return is_letter ? 1 : 0;
  }
  return c == 0xc3 && at + 1 < text.size() ? 2 : 0;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (size_t i = 0; i < out.size(); ++i) {
    const bool is_latin = i > 0 && out[i - 1] == '\xc3' && out[i] <= '\x9e';
    if ((out[i] >= 'A' && out[i] <= 'Z') || is_latin) {
      out[i] = static_cast<char>(out[i] + ('a' - 'A'));
    }
  }
  return out;
}

// 1 + d + d^2 + ..., `n` of them.
double weight_of(int64_t n) {
  return (1 - std::pow(kDiscount, static_cast<double>(n))) / (1 - kDiscount);
}

// P(X >= count) of the negative binomial, summed from `count` on.
double tail_of(double shape, double rate, int64_t count) {
  if (!(rate > 0)) {
    return 1;
  }
  double term = std::pow(rate / (rate + 1), shape);
  double sum = 0;
  for (int64_t k = 0; k < count || term > sum * 1e-12; ++k) {
    sum += k < count ? 0 : term;
    term *= (shape + static_cast<double>(k)) / (static_cast<double>(k + 1) * (rate + 1));
  }
  return std::min(sum, 1.0);
}

// Benjamini and Hochberg: of the r-th smallest of m, p m / r, and no more than what follows it.
std::vector<double> among_all(const std::vector<double>& p) {
  std::vector<std::pair<double, size_t>> sorted;
  for (size_t i = 0; i < p.size(); ++i) {
    sorted.emplace_back(p[i], i);
  }
  std::sort(sorted.rbegin(), sorted.rend());
  std::vector<double> q(p.size());
  double least = 1;
  for (size_t i = 0; i < sorted.size(); ++i) {
    const auto rank = static_cast<double>(sorted.size() - i);
    least = std::min(least, sorted[i].first * static_cast<double>(sorted.size()) / rank);
    q[sorted[i].second] = least;
  }
  return q;
}

// How loud this hour of the day is against the mean of all of them, by what was said since `first`.
template <typename Hours>
double loudness(const Hours& hours, int64_t first, int64_t now) {
  double here = 0;
  double here_weight = 0;
  double all = 0;
  double all_weight = 0;
  for (int64_t back = 1; back <= kHoursOfDay; ++back) {
    // The same hour of every day since the first hour, the last one counting most.
    double said = 0;
    double weight = 1;
    int64_t days = 0;
    for (int64_t hour = now - back; hour >= first; hour -= kHoursOfDay) {
      const auto at = hours.find(hour);
      said += at == hours.end() ? 0 : weight * static_cast<double>(at->second.originals);
      weight *= kDiscount;
      ++days;
    }
    all += said;
    all_weight += weight_of(days);
    if (back == kHoursOfDay) {
      here = said;
      here_weight = weight_of(days);
    }
  }
  if (!(all > 0) || !(here_weight > 0)) {
    return 1;
  }
  return std::clamp((here / here_weight) / (all / all_weight), kLoudLeast, kLoudMost);
}

// The bursts of a brand that are open.
class Desk {
 public:
  Desk(std::string brand, std::vector<TermBurst>& out) : brand_(std::move(brand)), out_(out) {}

  // `found` says what the hour says of its term; it opens a burst or goes on with one.
  void take(const TermBurst& found, int64_t hour, bool opens) {
    auto at = open_.find(found.term);
    if (at == open_.end() && !opens) {
      return;
    }
    const base::EventTime start = hour * base::kHour;
    if (at == open_.end()) {
      at = open_.emplace(found.term, Open{found, 0}).first;
      at->second.burst.brand = brand_;
      at->second.burst.opened_at = start + base::kHour;
      at->second.burst.count = 0;
    }
    Open& open = at->second;
    TermBurst now = found;
    now.brand = brand_;
    now.opened_at = open.burst.opened_at;
    now.updated_at = start + base::kHour;
    now.window_start = start;
    now.count = open.burst.count + found.last_count;
    open = {now, -1};
  }

  // What the hour did not say a word of is calmer by an hour.
  void end_hour(int64_t hour) {
    for (auto at = open_.begin(); at != open_.end();) {
      TermBurst& burst = at->second.burst;
      if (++at->second.calm < kCalmHours) {
        ++at;
        continue;
      }
      burst.updated_at = (hour + 1) * base::kHour;
      burst.is_over = true;
      out_.push_back(burst);
      at = open_.erase(at);
    }
  }

  // Nothing more is known.
  void end() {
    for (const auto& [term, open] : open_) {
      out_.push_back(open.burst);
    }
  }

 private:
  struct Open {
    TermBurst burst;
    int calm = 0;
  };

  std::string brand_;
  std::vector<TermBurst>& out_;
  std::map<std::string, Open> open_;
};

}  // namespace

// Before the hour `number` is known.
double BurstTruth::Past::before(int64_t number) const {
  return shape * std::pow(kDiscount, static_cast<double>(number - at - 1));
}

BurstTruth::BurstTruth(const Options& options, const std::vector<Brand>& brands)
    : rules_(options.signals),
      teller_(brands, options.signals.planted),
      brands_(brands.size() + 1) {
  for (const std::string_view word : filler_words()) {
    no_terms_.emplace(word);
  }
  // By these a brand is found: they are no news about it.
  for (const Brand& brand : brands) {
    for (const std::string& alias : brand.aliases) {
      no_terms_.insert(lower(alias.front() == '#' ? alias.substr(1) : alias));
    }
  }
}

std::vector<std::string> BurstTruth::terms_of(std::string_view text) const {
  std::vector<std::string> terms;
  const std::string folded = lower(text);
  for (size_t at = 0; at < folded.size();) {
    const size_t end = std::min(folded.find_first_of(" \n", at), folded.size());
    const std::string_view run = std::string_view(folded).substr(at, end - at);
    at = end + 1;
    if (run.find('@') != std::string_view::npos) {
      continue;  // an account
    }
    for (size_t begin = 0; begin < run.size();) {
      size_t letters = 0;
      size_t stop = begin;
      bool has_digit = false;
      for (size_t size = 1; stop < run.size() && (size = letter_at(run, stop)) != 0; ++letters) {
        has_digit = has_digit || (run[stop] >= '0' && run[stop] <= '9');
        stop += size;
      }
      const std::string_view word = run.substr(begin, stop - begin);
      const bool is_tag = !word.empty() && begin > 0 && run[begin - 1] == '#';
      const bool is_term = !word.empty() && word.size() <= kTermBytes &&
                           (is_tag || (letters >= kLettersLeast && !has_digit)) &&
                           no_terms_.find(word) == no_terms_.end();
      const std::string term = (is_tag ? "#" : "") + std::string(word);
      if (is_term && terms.size() < kTermsOfText &&
          std::find(terms.begin(), terms.end(), term) == terms.end()) {
        terms.push_back(term);
      }
      begin = std::max(stop, begin + 1);
    }
  }
  return terms;
}

void BurstTruth::take(const Post& post) {
  const bool is_original = post.relation == model::Relation::kOriginal;
  if (!rules_.follow || (!is_original && post.label == model::Sentiment::kNone)) {
    return;  // nothing that the hour of a brand would count
  }
  const bool by_brand = post.role == model::AuthorRole::kBrand ||
                        post.role == model::AuthorRole::kStaff ||
                        post.role == model::AuthorRole::kBot;
  std::vector<std::string> terms;
  if (is_original && !by_brand && visibility_of(post) == model::Visibility::kPublic) {
    std::string text;
    teller_.make_text(post.text, text);
    terms = terms_of(text);
  }
  if (post.brand_count == 0) {
    add(static_cast<uint16_t>(brands_.size() - 1), post, terms);
  }
  for (size_t i = 0; i < post.brand_count; ++i) {
    add(post.brands[i], post, terms);
  }
}

void BurstTruth::add(uint16_t brand, const Post& post, const std::vector<std::string>& terms) {
  Hour& hour = brands_[brand][base::floor_div(post.occurred_at, base::kHour)];
  hour.originals += post.relation == model::Relation::kOriginal ? 1 : 0;
  for (const std::string& term : terms) {
    Use& use = hour.terms[term];
    ++use.count;
    if (post.author != kNobody) {
      // Somebody on another platform is somebody else.
      use.authors.insert(uint64_t{post.author} * kChannels + post.channel);
    }
  }
}

// What the hour says of each of its terms; their pasts take it in.
std::vector<TermBurst> BurstTruth::test(
    const Hour& hour, int64_t number, double rate, bool is_ripe, Pasts& pasts) {
  std::vector<TermBurst> tested;
  std::vector<double> p;
  for (const auto& [term, use] : hour.terms) {
    Past& past = pasts[term];
    const double shape = past.before(number);
    TermBurst& one = tested.emplace_back();
    one.term = term;
    one.last_count = use.count;
    one.authors = static_cast<int64_t>(use.authors.size());
    one.expected = rate > 0 ? shape / rate : 0;
    one.p_value = is_ripe ? tail_of(std::max(shape, kShapeLeast), rate, use.count) : 1;
    p.push_back(one.p_value);
    past = {kDiscount * shape + static_cast<double>(use.count), number};
  }
  const std::vector<double> q = among_all(p);
  for (size_t i = 0; i < tested.size(); ++i) {
    tested[i].q_value = q[i];
  }
  return tested;
}

void BurstTruth::tell_brand(const std::string& brand,
                            const Hours& hours,
                            std::vector<TermBurst>& out) const {
  Pasts pasts;
  Desk desk(brand, out);
  const int64_t first = hours.begin()->first;
  std::optional<int64_t> tidied;
  for (int64_t hour = first; hour <= hours.rbegin()->first; ++hour) {
    const auto at = hours.find(hour);
    if (at == hours.end()) {
      desk.end_hour(hour);
      continue;
    }
    const bool is_ripe = hour - first >= rules_.hours_least;
    const double rate = weight_of(hour - first) / (is_ripe ? loudness(hours, first, hour) : 1);
    for (TermBurst& one : test(at->second, hour, rate, is_ripe, pasts)) {
      const bool opens = one.authors >= rules_.authors_least && one.p_value < kOpens &&
                         one.q_value < kDiscoveries &&
                         static_cast<double>(one.last_count) >= kTimesExpected * one.expected;
      one.more_authors = one.authors >= kAuthorsTold;
      one.authors = std::min(one.authors, kAuthorsTold);
      if (one.p_value <= kCalm) {
        desk.take(one, hour, opens);
      }
    }
    desk.end_hour(hour);
    // Once a day what has nearly faded is forgotten.
    if (const int64_t day = base::floor_div(hour, kHoursOfDay); tidied != day) {
      tidied = day;
      std::erase_if(pasts,
                    [hour](const auto& one) { return one.second.before(hour + 1) < kForgotten; });
    }
  }
  desk.end();
}

std::vector<TermBurst> BurstTruth::tell(const std::vector<std::string>& brand_ids) const {
  std::vector<TermBurst> bursts;
  for (size_t i = 0; i < brands_.size(); ++i) {
    if (!brands_[i].empty()) {
      tell_brand(brand_ids[i], brands_[i], bursts);
    }
  }
  std::sort(bursts.begin(), bursts.end(), [](const TermBurst& a, const TermBurst& b) {
    return std::tie(a.brand, a.opened_at, a.term) < std::tie(b.brand, b.opened_at, b.term);
  });
  return bursts;
}

}  // namespace kaiku::generate
