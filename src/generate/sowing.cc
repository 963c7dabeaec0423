#include "generate/sowing.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "generate/pick.h"

namespace kaiku::generate {
namespace {

using base::EventTime;
using base::kDay;
using base::kHour;

// The `number`-th of `count` moments that are evenly spread over what is planted.
EventTime moment(const Planted& planted, uint32_t number, uint32_t count) {
  const int64_t span = planted.until - planted.from;
  return planted.from + span / (2 * int64_t{count}) + span / count * number;
}

}  // namespace

std::vector<Sown> sow(const Options& options) {
  std::vector<Sown> sown;
  const std::vector<Planted>& all = options.signals.planted;
  for (size_t place = 0; place < all.size(); ++place) {
    const Planted& planted = all[place];
    const auto i = static_cast<uint16_t>(place);
    if (planted.brand >= options.brands) {
      continue;
    }
    for (uint32_t number = 0; number < planted.posts; ++number) {
      sown.push_back({moment(planted, number, planted.posts), i, false, number});
    }
    const EventTime first = planted.posts == 0 ? 0 : moment(planted, 0, planted.posts);
    for (uint32_t number = 0; planted.posts != 0 && number < planted.reposts; ++number) {
      const EventTime at = moment(planted, number, planted.reposts);
      sown.push_back({std::max(at, first), i, true, number});
    }
  }
  std::sort(sown.begin(), sown.end(), [](const Sown& a, const Sown& b) {
    return std::tie(a.at, a.planted, a.is_repost, a.number) <
           std::tie(b.at, b.planted, b.is_repost, b.number);
  });
  return sown;
}

std::vector<Planted> plant_month(const Options& options) {
  base::Prng prng(mixed(options.seed));
  const EventTime start = options.start;
  // By day, when the past is three days old, and so long before the end that all is over by then.
  const auto some_hour = [&prng, start] {
    return start + prng.between(6, 25) * kDay + prng.between(9, 18) * kHour;
  };
  std::vector<Planted> all;
  const auto plant = [&all](std::string_view what,
                            uint16_t brand,
                            std::string_view term,
                            EventTime from,
                            int64_t span) -> Planted& {
    Planted& one = all.emplace_back();
    one.what = what;
    one.brand = brand;
    one.term = term;
    one.from = from;
    one.until = from + span;
    return one;
  };
  const auto said = [](Planted& planted, uint32_t posts, uint32_t authors) {
    planted.posts = posts;
    planted.authors = authors;
  };
  for (uint16_t brand = 0; brand < options.brands; ++brand) {
    Planted& burst = plant("burst", brand, "#korkkivika", some_hour(), 2 * kHour);
    said(burst, 24, 20);
    burst.bursts = true;
    Planted& small = plant("small burst", brand, "pullopalautus", some_hour(), kHour);
    said(small, 6, 5);
    small.bursts = true;
    said(plant("few authors", brand, "#arvontavoitto", some_hour(), kHour), 12, 4);
    Planted& copies = plant("reposts", brand, "#ilmaisnäyte", some_hour(), kHour);
    said(copies, 2, 2);
    copies.reposts = 20;
    said(plant("steady", brand, "#aamukahvi", start, 5 * kDay), 5 * 24 * 6, 40);
    // One an hour for days; then an hour with six, of which one in a thousand is as loud.
    const EventTime loud = start + prng.between(5, 7) * kDay + prng.between(10, 17) * kHour;
    const int64_t quiet = loud - start + kHour;
    said(plant("background", brand, "pakettipaikka", start, quiet),
         static_cast<uint32_t>(quiet / kHour),
         30);
    said(plant("nearly", brand, "pakettipaikka", loud, kHour), 5, 5);
  }
  return all;
}

}  // namespace kaiku::generate
