// The dealings of a society: orders, what leads to them and what becomes of them, ad spend.
#include <algorithm>

#include "kaiku/money/decimal.h"

#include "generate/society.h"

namespace kaiku::generate {
namespace {

using base::EventTime;
using base::kHour;
using base::kMinute;
using base::kSecond;
using model::BusinessKind;

constexpr int64_t kMicros = 1'000'000;
// The version of a deletion: no correction comes near it.
constexpr uint32_t kLastVersion = 99;

// Where visitors come from.
constexpr uint8_t kVisitChannelOf[] = {kX, kFacebook, kInstagram, kReddit, kYoutube, kNews};
constexpr uint8_t kAdChannelOf[] = {kX, kFacebook, kInstagram};

// A price as it stands on a tag: small prices are common; no decimals where the currency has none.
int64_t draw_price(base::Prng& prng, model::Currency currency) {
  const int64_t cents = prng.between(290, prng.chance(1, 6) ? 60'000 : 9'000);
  if (money::exponent(currency) == 0) {
    return cents * 150 / 100 * kMicros;
  }
  return cents * 10'000;
}

}  // namespace

// --- orders

void Society::plan_deal(const Deal& deal, Delivery delivery) {
  delivery.kind = Delivery::Kind::kDeal;
  delivery.source = Source::kOrders;
  delivery.slot = deals_.add(deal);
  delivery.partition = partition_of(Source::kOrders, deal.number);
  deals_.hold(delivery.slot);
  push(delivery, !deal.test);
}

// Some customers come again, nobody comes very often.
uint32_t Society::draw_customer() {
  if (!buyers_.empty() && chance(400'000)) {
    return buyers_.draw(prng_);
  }
  buyers_.add(++customers_);
  return customers_;
}

Deal Society::draw_order(EventTime at) {
  Deal order;
  order.business = businesses_++;
  order.order = order.business;
  order.number = 1'000'000 + ++numbers_;
  order.occurred_at = at;
  order.customer = chance(options_.shares.guests) ? kGuest : draw_customer();
  order.currency = currencies_[currency_pick_.draw(prng_)];
  order.amount_micros = draw_price(prng_, order.currency);
  order.amount_form = chance(200'000) ? 1 : 0;
  order.test = chance(options_.shares.test_orders);
  order.campaign = static_cast<uint8_t>(prng_.below(campaigns().size()));
  order.brand = draw_brand();
  if (!handed_out_.empty() && prng_.chance(1, 8)) {
    order.coupon = handed_out_.draw(prng_);
  }
  return order;
}

void Society::make_order() {
  if (chance(options_.shares.journeys)) {
    make_journey();
    return;
  }
  Deal order = draw_order(now_);
  // Half of the buyers come from what they have just read.
  if (!recent_.empty() && prng_.chance(1, 2)) {
    const Post& read = posts_.at(recent_.draw(prng_));
    if (read.brand_count > 0) {
      order.brand = read.brands[0];
      order.touch = read.channel;
    }
  }
  plan_order(order);
}

// What a customer says and does before an order, or instead of one.
void Society::make_journey() {
  Deal order = draw_order(now_);
  const bool is_known = order.customer != kGuest;
  for (uint64_t left = 1 + prng_.below(4); left > 0; --left) {
    const uint64_t draw = prng_.below(100);
    if (draw < 30 && is_known) {
      Post post = original(order.occurred_at);
      post.customer = order.customer;
      post.text.problem = post.type == model::ItemType::kBugReport ? new_problem() : 0;
      (void)plan_create(add_post(post), order.occurred_at);
    } else {
      visit(order, draw >= 85);
    }
    order.occurred_at += kSecond + wait(options_.pace.touch_us);
  }
  if (chance(options_.shares.undecided)) {
    return;
  }
  if (chance(options_.shares.names_touch)) {
    order.touch = kVisitChannelOf[prng_.below(std::size(kVisitChannelOf))];
  }
  plan_order(order);
}

// Most visits are a customer's who is known by then; a click is known by its id, if not by that.
void Society::visit(Deal& order, bool is_lead) {
  Deal visit = order;
  visit.kind = is_lead ? BusinessKind::kLead : BusinessKind::kVisit;
  visit.business = businesses_++;
  visit.order = visit.business;
  visit.number = 6'000'000'000 + ++numbers_;
  visit.coupon = 0;
  visit.click = 0;
  visit.test = false;
  visit.touch = kVisitChannelOf[prng_.below(std::size(kVisitChannelOf))];
  if (prng_.chance(1, 2)) {
    visit.click = ++clicks_;
    order.click = visit.click;
    visit.customer = prng_.chance(1, 2) ? visit.customer : kNobody;
  }
  Delivery told;
  told.observed_at = visit.occurred_at;
  told.kafka_time = log_time(visit.occurred_at + delay());
  if (is_lead && chance(options_.shares.withdrawn)) {
    Deal removal = visit;
    removal.removed = true;
    removal.version = kLastVersion;
    Delivery withdrawn;
    withdrawn.observed_at = visit.occurred_at + kMinute + wait(10 * kMinute);
    withdrawn.kafka_time = log_time(withdrawn.observed_at + wait(kSecond));
    plan_deal(removal, withdrawn);
  }
  plan_deal(visit, told);
}

void Society::plan_order(const Deal& order) {
  const EventTime at = order.occurred_at;
  Delivery told;
  told.observed_at = at;
  told.kafka_time = log_time(at + std::min(wait(2 * kSecond), options_.out_of_orderness_us));
  const Shares& shares = options_.shares;
  if (!order.test) {
    if (chance(shares.corrected)) {
      correct(order, told);
    }
    if (chance(shares.refunded)) {
      refund(order, told);
    }
    if (chance(shares.removed)) {
      remove(order);
    }
  }
  plan_deal(order, told);
}

void Society::correct(const Deal& order, Delivery& told) {
  Deal version = order;
  version.version = 2;
  if (prng_.chance(1, 5)) {
    version.currency = currencies_[currency_pick_.draw(prng_)];
  }
  version.amount_micros = draw_price(prng_, version.currency);
  Delivery correction;
  correction.observed_at = order.occurred_at + kSecond + wait(3 * kMinute);
  correction.kafka_time = log_time(correction.observed_at + wait(kSecond));
  plan_deal(version, correction);
  if (prng_.chance(1, 5)) {
    // The first version comes after the second.
    told.kafka_time =
        std::max(told.kafka_time, log_time(correction.kafka_time + 1 + wait(20 * kSecond)));
  }
}

void Society::refund(const Deal& order, Delivery& told) {
  Deal refund = order;
  refund.kind = BusinessKind::kRefund;
  refund.business = businesses_++;
  refund.names_order = true;
  refund.order_number = order.number;
  refund.number = 5'000'000 + ++numbers_;
  refund.occurred_at = order.occurred_at + kMinute + wait(options_.pace.refund_us);
  if (prng_.chance(1, 2) && money::exponent(order.currency) == 2) {
    refund.amount_micros = order.amount_micros / 20'000 * 10'000;  // half of it, in whole cents
  }
  if (prng_.chance(1, 2)) {
    refund.amount_micros = -refund.amount_micros;
  }
  if (prng_.chance(1, 10)) {
    refund.brand = kNoBrand;
  }
  Delivery delivery;
  delivery.observed_at = refund.occurred_at;
  delivery.kafka_time = log_time(refund.occurred_at + wait(2 * kSecond));
  plan_deal(refund, delivery);
  if (chance(options_.shares.refund_first)) {
    told.kafka_time =
        std::max(told.kafka_time, log_time(delivery.kafka_time + 1 + wait(30 * kSecond)));
  }
}

void Society::remove(const Deal& order) {
  Deal removal = order;
  Delivery delivery;
  delivery.observed_at = order.occurred_at + kMinute + wait(10 * kMinute);
  delivery.kafka_time = log_time(delivery.observed_at + wait(kSecond));
  if (prng_.chance(1, 2)) {
    removal.removed = true;
    removal.version = kLastVersion;
  } else {
    removal.kind = BusinessKind::kCancellation;
    removal.business = businesses_++;
    removal.names_order = true;
    removal.order_number = order.number;
    removal.number = 8'000'000 + ++numbers_;
    removal.occurred_at = delivery.observed_at;
  }
  plan_deal(removal, delivery);
}

// Platforms restate what an hour has cost as it goes on.
void Society::make_spend() {
  const int64_t hour = base::floor_div(now_, kHour);
  if (hour != spend_hour_) {
    spends_.clear();
    spend_hour_ = hour;
  }
  const uint16_t brand = draw_brand();
  const uint8_t channel = kAdChannelOf[prng_.below(std::size(kAdChannelOf))];
  Spend& spend = spends_[static_cast<uint32_t>(brand) << 8 | channel];
  if (spend.version == 0) {
    spend.business = businesses_++;
    spend.number = 2'000'000'000 + ++numbers_;
  }
  ++spend.version;
  spend.amount_micros += prng_.between(200'000, 9'000'000);
  Deal deal;
  deal.kind = BusinessKind::kAdSpend;
  deal.business = spend.business;
  deal.order = spend.business;
  deal.number = spend.number;
  deal.version = spend.version;
  deal.occurred_at = hour * kHour;
  deal.brand = brand;
  deal.channel = channel;
  deal.amount_micros = spend.amount_micros;
  deal.amount_form = 2;
  deal.currency = currencies_.front();
  deal.campaign = static_cast<uint8_t>(spend.number % campaigns().size());
  Delivery told;
  told.observed_at = now_;
  told.kafka_time = log_time(now_ + wait(2 * kSecond));
  plan_deal(deal, told);
}

}  // namespace kaiku::generate
