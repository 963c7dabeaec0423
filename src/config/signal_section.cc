// The section `signals`: what is looked for, and what the brands' own accounts and hosts are.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/model/signal_part.h"
#include "kaiku/signal/signal_plan.h"
#include "kaiku/text/normalize.h"

#include "config/plan_builder.h"

namespace kaiku::config {
namespace {

// signal_settings.cc names them too.
constexpr std::array<std::string_view, 10> kShorteners = {"bit.ly",
                                                          "cutt.ly",
                                                          "is.gd",
                                                          "ow.ly",
                                                          "rb.gy",
                                                          "rebrand.ly",
                                                          "s.id",
                                                          "shorturl.at",
                                                          "tiny.cc",
                                                          "tinyurl.com"};

std::string folded(std::string_view text) {
  text::Normalizer normalizer;
  return std::string(normalizer.normalize(text));
}

std::string handle_of(std::string_view text) {
  return folded(!text.empty() && text.front() == '@' ? text.substr(1) : text);
}

void refuse(Build& build, const View& view, std::string_view key, const std::string& why) {
  build.report.error_at(view.place(key, build.root), "KA062", view.path_of(key), why);
}

// Letters, digits, '-' and dots between them.
bool is_host(std::string_view text) {
  const bool has_dot = text.find('.') != std::string_view::npos;
  return has_dot && text.size() <= model::kSubjectBytes && text.front() != '.' &&
         text.back() != '.' && text.find_first_of(":/@ ?#") == std::string_view::npos;
}

std::vector<std::string> read_hosts(Build& build, const View& view, std::string_view key) {
  std::vector<std::string> hosts;
  for (const std::string& text : view.texts(key)) {
    std::string host = folded(text);
    if (host.empty() || !is_host(host)) {
      refuse(build, view, key, "\"" + text + "\" is no host: kirkas.fi, without https://");
      continue;
    }
    hosts.push_back(std::move(host));
  }
  return hosts;
}

int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::optional<base::Digest> read_digest(std::string_view hex) {
  constexpr size_t kDigits = 32;
  base::Digest digest;
  if (hex.size() != kDigits) {
    return std::nullopt;
  }
  for (size_t i = 0; i < kDigits; ++i) {
    const int digit = hex_digit(hex[i]);
    if (digit < 0) {
      return std::nullopt;
    }
    uint64_t& word = i < kDigits / 2 ? digest.hi : digest.lo;
    word = word << 4U | static_cast<uint64_t>(digit);
  }
  return digest;
}

void read_confidential(Build& build, const View& view, signal::SignalPlan& plan) {
  for (const std::string& text : view.texts("confidential")) {
    const size_t blank = text.rfind(' ');
    const std::string name = blank == std::string::npos ? "" : text.substr(0, blank);
    const auto digest = read_digest(blank == std::string::npos ? text : text.substr(blank + 1));
    if (name.empty() || name.size() > model::kSubjectBytes || !digest) {
      refuse(build,
             view,
             "confidential",
             "\"" + text + "\" is no NAME and HASH of 32 digits: see kaiku phrase");
      continue;
    }
    plan.confidential[*digest] = name;
  }
  if (!plan.confidential.empty() && build.plan.key_is_derived) {
    build.report.error_at(view.place("confidential", build.root),
                          "KA064",
                          view.path_of("confidential"),
                          "without key_file the hashes are made with a key that anybody can "
                          "compute, and can be guessed");
  }
}

// The words by which brands are found are no news about them.
void read_brands(const Build& build, signal::SignalPlan& plan) {
  if (build.plan.brands == nullptr) {
    return;
  }
  for (const match::Brand& brand : build.plan.brands->brands()) {
    for (const std::string& alias : brand.aliases) {
      const std::string word = folded(alias);
      if (!word.empty() && word.front() == '@') {
        plan.handles.push_back({handle_of(word), brand.id});
      }
      plan.no_terms.insert(word.find_first_of("#@$") == 0 ? word.substr(1) : word);
    }
    plan.no_terms.insert(folded(brand.name));
    for (const std::string& handle : brand.handles) {
      plan.handles.push_back({handle_of(handle), brand.id});
    }
  }
}

void read_expectations(Build& build, signal::SignalPlan& plan) {
  for (const View::Named& source : build.view.each("sources")) {
    if (!source.view.has("expect_every")) {
      continue;
    }
    if (source.view.text("routing") == "direct") {
      build.report.error_at(source.view.place("expect_every", build.root),
                            "KA063",
                            source.view.path_of("expect_every"),
                            "a direct source has no progress of its own to be watched",
                            "routing: routed");
      continue;
    }
    plan.expect_every[source.name] = source.view.number("expect_every");
  }
}

}  // namespace

void build_signals(Build& build) {
  const View view = build.view.section("signals");
  // With or without signals: alerts of deadlines have a budget too.
  build.plan.alerts_per_day = view.number("alerts_per_day");
  if (!view.boolean("follow")) {
    return;
  }
  auto plan = std::make_shared<signal::SignalPlan>();
  constexpr int64_t kHoursOfDay = 24;
  constexpr int64_t kDaysOfWeek = 7;
  plan->season_hours = view.text("season") == "week" ? kDaysOfWeek * kHoursOfDay : kHoursOfDay;
  plan->final_after = build.plan.time.lateness_us;
  plan->authors_least = view.number("authors");
  for (const std::string& text : view.texts("no_terms")) {
    const std::string word = folded(text);
    plan->no_terms.insert(!word.empty() && word.front() == '#' ? word.substr(1) : word);
  }
  for (const std::string& handle : view.texts("known_handles")) {
    plan->known_handles.insert(handle_of(handle));
  }
  plan->hosts = read_hosts(build, view, "hosts");
  std::vector<std::string> shorteners(kShorteners.begin(), kShorteners.end());
  if (view.has("shorteners")) {
    shorteners = read_hosts(build, view, "shorteners");
  }
  plan->shorteners.insert(shorteners.begin(), shorteners.end());
  read_confidential(build, view, *plan);
  plan->personal_data = view.boolean("personal_data");
  plan->new_hosts = view.boolean("new_hosts");
  read_brands(build, *plan);
  read_expectations(build, *plan);
  build.plan.signals = std::move(plan);
}

}  // namespace kaiku::config
