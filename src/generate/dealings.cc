// The dealings of a society: support conversations, orders and what becomes of them, ad spend.
#include <algorithm>

#include "kaiku/money/decimal.h"

#include "generate/society.h"

namespace kaiku::generate {
namespace {

using base::EventTime;
using base::kHour;
using base::kMinute;
using base::kSecond;
using model::AuthorRole;
using model::BusinessKind;
using model::ItemType;
using model::Relation;
using model::Sentiment;

// Staff are nobody of the public.
constexpr uint32_t kFirstStaff = 0x4000'0000;
constexpr int64_t kMicros = 1'000'000;
// The version of a deletion: no correction comes near it.
constexpr uint32_t kLastVersion = 99;

constexpr uint8_t kSupportChannelOf[] = {kX, kFacebook, kForum, kEmail, kChat, kWeb};
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

// --- conversations

Post Society::message(const Post& first, uint16_t number) {
  Post post = first;
  post.number = new_number(first.occurred_at + number);
  post.target = first.number;
  post.relation = Relation::kReply;
  post.type = ItemType::kSupportMessage;
  post.message = number;
  post.text.seed = static_cast<uint32_t>(prng_.next());
  const bool from_customer = number % 2 == 0;
  if (from_customer) {
    post.text.kind = TextPlan::Kind::kThanks;
    post.label = draw_label(prng_.chance(2, 3) ? Mood::kPraise : Mood::kComplaint);
  } else {
    const bool is_peer = (first.channel == kX || first.channel == kForum) && chance(250'000);
    post.text.kind = TextPlan::Kind::kAnswer;
    post.label = Sentiment::kNone;
    post.role = is_peer ? AuthorRole::kPeer : AuthorRole::kStaff;
    post.author =
        is_peer ? author_pick_.draw(prng_) : kFirstStaff + static_cast<uint32_t>(prng_.below(40));
  }
  post.text.brands = {kNoBrand, kNoBrand};
  if (!post.brand_in_field) {
    // Only the first message said what it was about.
    post.brands = {kNoBrand, kNoBrand};
    post.brand_count = 0;
  }
  return post;
}

void Society::make_conversation() {
  Post post;
  post.number = new_number(now_);
  post.root = post.number;
  post.occurred_at = now_;
  post.channel = kSupportChannelOf[support_channel_pick_.draw(prng_)];
  post.type = chance(60'000) ? ItemType::kBugReport : ItemType::kSupportMessage;
  post.author = author_pick_.draw(prng_);
  post.text.seed = static_cast<uint32_t>(prng_.next());
  post.text.language = language_of(post.author);
  post.text.mood = post.type == ItemType::kBugReport ? Mood::kBug
                   : chance(600'000)                 ? Mood::kComplaint
                                                     : Mood::kQuestion;
  post.text.kind = TextPlan::Kind::kAboutBrand;
  post.text.brands[0] = draw_brand();
  post.label = draw_label(post.text.mood);
  post.brand_in_field = chance(900'000);
  // Some fields name a brand that is not in the catalogue.
  post.brand_count = post.brand_in_field && chance(10'000) ? 0 : 1;
  post.brands[0] = post.brand_count == 0 ? kNoBrand : post.text.brands[0];

  const Post first = post;
  uint16_t number = 0;
  EventTime at = now_;
  while (true) {
    const bool last = number == 9 || prng_.chance(1, 4);
    post.occurred_at = at;
    post.last_message = last;
    const uint32_t slot = add_post(post);
    posts_.hold(slot);
    const int64_t late_by = delay();
    Delivery create;
    create.kafka_time = log_time(at + late_by);
    create.observed_at = at + late_by / 2;
    create.slot = slot;
    create.source = Source::kSupport;
    create.partition = partition_of(Source::kSupport, first.root);
    push(create, true);
    if (last) {
      return;
    }
    ++number;
    at += kSecond + wait(first.channel == kChat ? kMinute : 8 * kMinute);
    post = message(first, number);
  }
}

// --- orders

void Society::plan_deal(const Deal& deal, Delivery delivery) {
  delivery.kind = Delivery::Kind::kDeal;
  delivery.source = Source::kOrders;
  delivery.slot = deals_.add(deal);
  delivery.partition = partition_of(Source::kOrders, deal.number);
  deals_.hold(delivery.slot);
  push(delivery, !deal.test);
}

void Society::make_order() {
  Deal order;
  order.business = businesses_++;
  order.order = order.business;
  order.number = 1'000'000 + ++numbers_;
  order.occurred_at = now_;
  order.customer = author_pick_.draw(prng_);
  order.currency = currencies_[currency_pick_.draw(prng_)];
  order.amount_micros = draw_price(prng_, order.currency);
  order.amount_form = chance(200'000) ? 1 : 0;
  order.test = chance(options_.shares.test_orders);
  order.campaign = static_cast<uint8_t>(prng_.below(campaigns().size()));
  order.brand = draw_brand();
  // Half of the buyers come from what they have just read.
  if (!recent_.empty() && prng_.chance(1, 2)) {
    const Post& read = posts_.at(recent_.draw(prng_));
    if (read.brand_count > 0) {
      order.brand = read.brands[0];
      order.touch = read.channel;
    }
  }
  Delivery told;
  told.observed_at = now_;
  told.kafka_time = log_time(now_ + std::min(wait(2 * kSecond), options_.out_of_orderness_us));
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
  correction.observed_at = now_ + kSecond + wait(3 * kMinute);
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
  refund.occurred_at = now_ + kMinute + wait(10 * kMinute);
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
  delivery.observed_at = now_ + kMinute + wait(10 * kMinute);
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
