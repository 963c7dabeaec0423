#include "config/journey_settings.h"

#include "kaiku/base/event_time.h"
#include "kaiku/journey/key_book.h"

namespace kaiku::config {

std::vector<Setting> journey_settings() {
  using base::kDay;
  constexpr int64_t kLongest = 365 * kDay;
  constexpr int64_t kTouchesMost = journey::kSharedPerDay;
  return {
      {.path = "journeys",
       .type = Type::kSection,
       .help = "Which touches led to which orders: what people say and do meets what they buy at "
               "the keys that both carry (`customer_key`, `touch.click_id`, `touch.coupon`, "
               "`campaign_id`)."},
      {.path = "journeys.follow",
       .type = Type::kBoolean,
       .fallback = "false",
       .help = "Whether they are followed. It makes key figures of attribution; together with "
               "`conversations.follow` it tells of questions that peers answered for good."},
      {.path = "journeys.keys",
       .type = Type::kTextList,
       .help = "The kinds of keys: `customer`, `click`, `coupon`, `campaign`. A campaign credits "
               "its posts with every order that names it, and each of these orders remembers up "
               "to 512 of them.",
       .fallback_help = "`customer`, `click`, `coupon`"},
      {.path = "journeys.look_back",
       .type = Type::kDuration,
       .fallback = "30d",
       .least = base::kHour,
       .most = kLongest,
       .help = "How long before an order a touch may lie, and how long a journey waits for its "
               "order."},
      {.path = "journeys.half_life",
       .type = Type::kDuration,
       .fallback = "7d",
       .least = base::kMinute,
       .most = kLongest,
       .help = "Time decay: a touch this much older counts half."},
      {.path = "journeys.order_delay_max",
       .type = Type::kDuration,
       .fallback = "3d",
       .least = 0,
       .most = kLongest,
       .help = "How late orders and visits may come and still meet for sure. Keys remember touches "
               "for this and twice the look-back."},
      {.path = "journeys.touches_per_day",
       .type = Type::kInteger,
       .fallback = "20",
       .least = 1,
       .most = kTouchesMost,
       .help = "Of one key and day the first so many touches are kept. A key with more than 1000 "
               "of them on a day is no customer's."},
      {.path = "journeys.stopped",
       .type = Type::kTextList,
       .help = "Keys that are nobody's, in whatever case.",
       .fallback_help = "`guest`, `anonymous`, `unknown`, `none`, `null`, `nil`, `undefined`, "
                        "`nan`, `n/a`, `0`, `-`"},
  };
}

}  // namespace kaiku::config
