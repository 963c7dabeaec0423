#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/plan_builder.h"
#include "config/values.h"

namespace kaiku::config {
namespace {

// Errors of the matcher begin with `brand "id": `, which the place says already.
std::string without_brand(const std::string& message) {
  const size_t end = message.find("\": ");
  return message.compare(0, 7, "brand \"") == 0 && end != std::string::npos
             ? message.substr(end + 3)
             : message;
}

// The alias the message quotes, if it is one of the brand's; else the brand.
const Node& place_in(const View& brand, const Node& fallback, const std::string& message) {
  for (const std::string_view key : {"aliases", "exclude", "handles"}) {
    const Node* list = brand.find(key);
    if (list == nullptr || !list->is_list()) {
      continue;
    }
    for (const Node& item : list->items) {
      if (message.find("\"" + item.text + "\"") != std::string::npos && !item.text.empty()) {
        return item;
      }
    }
  }
  return brand.place("id", fallback);
}

void warn_shared(Build& build,
                 const match::BrandMatcher& matcher,
                 const std::vector<View::Named>& brands) {
  size_t told = 0;
  for (const match::BrandMatcher::SharedAlias& shared : matcher.shared_aliases()) {
    if (++told > Report::kMost) {
      return;
    }
    std::string ids;
    for (const std::string_view id : shared.brands) {
      ids += (ids.empty() ? "" : ", ") + std::string(id);
    }
    const auto last =
        std::find_if(brands.begin(), brands.end(), [&shared](const View::Named& brand) {
          return brand.view.text("id") == shared.brands.back();
        });
    if (last != brands.end()) {
      build.report.warning_at(last->view.place("aliases", *last->key),
                              "KA071",
                              last->view.path_of("aliases"),
                              "the alias \"" + shared.alias +
                                  "\" names several brands and counts for all of them: " + ids);
    }
  }
}

void build_brands(Build& build) {
  const Node* node = build.view.find("brands");
  if (node == nullptr) {
    return;
  }
  if (node->is_scalar()) {
    build.plan.open_brands = true;
    return;
  }
  const std::vector<View::Named> sections = build.view.each("brands");
  std::vector<match::Brand> brands;
  bool all_good = true;
  for (const View::Named& section : sections) {
    match::Brand brand;
    brand.id = section.view.text("id");
    brand.name = section.view.has("name") ? section.view.text("name") : brand.id;
    brand.aliases = section.view.texts("aliases");
    brand.exclude = section.view.texts("exclude");
    brand.handles = section.view.texts("handles");
    // Alone first: then every brand is told what is wrong with it, and at its own place.
    if (!brand.id.empty()) {
      if (const auto alone = match::BrandMatcher::build({{brand.id, "", {}, {}, brand.handles}});
          !alone.has_value()) {
        const std::string why = without_brand(alone.error().message());
        build.report.error_at(
            section.view.place("id", *section.key), "KA050", section.view.path(), why);
        all_good = false;
      }
    }
    all_good = all_good && !brand.id.empty();
    brands.push_back(std::move(brand));
  }
  if (!all_good) {
    return;
  }
  auto matcher = match::BrandMatcher::build(brands);
  if (!matcher.has_value()) {
    const std::string message = matcher.error().message();
    // The last brand of that name: it is the one that repeats an id.
    const auto at =
        std::find_if(sections.rbegin(), sections.rend(), [&message](const View::Named& section) {
          return message.compare(0,
                                 8 + section.view.text("id").size(),
                                 "brand \"" + section.view.text("id") + "\"") == 0;
        });
    const Node& place = at == sections.rend() ? *node : place_in(at->view, *at->key, message);
    build.report.error_at(
        place, "KA050", at == sections.rend() ? "brands" : at->view.path(), without_brand(message));
    return;
  }
  warn_shared(build, *matcher.value(), sections);
  build.plan.brands = std::move(matcher).value();
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return text;
}

void build_channels(Build& build) {
  std::vector<match::Channel> channels;
  std::map<std::string, std::string> owner;
  const auto claim =
      [&](const std::string& name, const std::string& id, const Node& at, const std::string& path) {
        const auto [known, is_new] = owner.emplace(lower(name), id);
        if (!is_new && known->second != id) {
          build.report.error_at(
              at,
              "KA051",
              path,
              "the name \"" + name + "\" belongs to the channels " + known->second + " and " + id);
        }
      };
  const std::vector<View::Named> sections = build.view.each("channels");
  for (const View::Named& section : sections) {
    match::Channel channel{
        section.view.text("id"), section.view.texts("match"), section.view.boolean("private")};
    const bool is_twice =
        std::any_of(channels.begin(), channels.end(), [&channel](const match::Channel& other) {
          return other.id == channel.id && !channel.id.empty();
        });
    if (is_twice) {
      build.report.error_at(section.view.place("id", *section.key),
                            "KA051",
                            section.view.path_of("id"),
                            "the channel \"" + channel.id + "\" is given twice");
    }
    claim(
        channel.id, channel.id, section.view.place("id", *section.key), section.view.path_of("id"));
    channels.push_back(std::move(channel));
  }
  for (size_t i = 0; i < sections.size(); ++i) {
    const Node* names = sections[i].view.find("match");
    for (size_t k = 0; names != nullptr && names->is_list() && k < names->items.size(); ++k) {
      if (names->items[k].is_scalar()) {
        claim(names->items[k].text,
              channels[i].id,
              names->items[k],
              sections[i].view.path_of("match"));
      }
    }
  }
  build.plan.channels = std::make_shared<const match::ChannelTable>(std::move(channels));
}

void build_market(Build& build, const View::Named& section, std::vector<board::Market>& markets) {
  const View& view = section.view;
  board::Market market;
  market.cells = std::string(1, exchange::kMarketMark) + view.text("id");
  const auto refuse = [&](std::string_view key, const std::string& problem) {
    build.report.error_at(view.place(key, *section.key), "KA051", view.path_of(key), problem);
  };
  if (const std::string from = view.text("valid_from"); !from.empty()) {
    const auto time = read_moment(from);
    if (!time) {
      refuse("valid_from", "it is a day, or a time in whole minutes: 2026-03-02");
      return;
    }
    market.valid_from = *time;
  }
  const bool is_twice = std::any_of(markets.begin(), markets.end(), [&](const auto& each) {
    return each.cells == market.cells && each.valid_from == market.valid_from;
  });
  if (is_twice) {
    refuse(
        "brands",
        "two markets have the id \"" + view.text("id") + "\"; valid_from tells their lists apart");
    return;
  }
  for (const std::string& brand : view.texts("brands")) {
    if (build.plan.brands == nullptr || build.plan.brands->by_field(brand) != brand) {
      refuse("brands", "no brand has the id \"" + brand + "\"");
    } else if (market.has(brand)) {
      refuse("brands", "\"" + brand + "\" is in a market already");
    }
    market.brands.push_back(brand);
    std::vector<std::string>& in = build.plan.markets[brand];
    if (std::find(in.begin(), in.end(), market.cells) == in.end()) {
      in.push_back(market.cells);
    }
  }
  markets.push_back(std::move(market));
}

// Whenever a list begins to hold, no brand is in two markets.
void check_markets(Build& build, const std::vector<board::Market>& markets) {
  for (const board::Market& begins : markets) {
    for (const auto& [brand, in] : build.plan.markets) {
      const auto holding =
          std::count_if(in.begin(), in.end(), [&, &name = brand](const auto& cells) {
            const board::Market* const market = board::market_at(markets, cells, begins.valid_from);
            return market != nullptr && market->has(name);
          });
      if (holding > 1) {
        build.report.error_at(build.view.place("markets", build.root),
                              "KA051",
                              "markets",
                              "\"" + brand + "\" is in a market already");
        return;
      }
    }
  }
}

}  // namespace

void build_catalogues(Build& build) {
  build_brands(build);
  build_channels(build);
}

std::vector<board::Market> build_markets(Build& build) {
  std::vector<board::Market> markets;
  for (const View::Named& section : build.view.each("markets")) {
    build_market(build, section, markets);
  }
  check_markets(build, markets);
  return markets;
}

}  // namespace kaiku::config
