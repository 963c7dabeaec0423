#include "generate/society.h"

#include <algorithm>

#include "kaiku/money/decimal.h"

namespace kaiku::generate {
namespace {

using base::EventTime;
using base::kHour;
using base::kMillisecond;
using base::kMinute;
using base::kSecond;
using model::BusinessKind;
using model::ItemType;
using model::Relation;
using model::Sentiment;

// Per cent of the mean rate by hour of the day (UTC): nights are quiet.
constexpr int64_t kHourFactor[] = {45,  35,  30,  30,  40,  60,  85,  110, 120, 125, 125, 130,
                                   135, 130, 125, 125, 130, 135, 140, 145, 140, 120, 90,  65};

// By ChannelNumber up to kNews.
const std::vector<uint64_t> kPostChannels = {40, 14, 12, 11, 7, 5, 5, 1, 2, 3};
const std::vector<uint64_t> kBugChannels = {20, 14, 5, 10, 14, 3, 1, 18, 15, 0};
// x, facebook, forum, email, chat, web
const std::vector<uint64_t> kSupportChannels = {15, 10, 5, 35, 25, 10};
// praise, complaint, neutral, question, (bug: only of bug reports)
const std::vector<uint64_t> kMoodWeights = {34, 24, 27, 15, 0};
// In the order of Broken.
const std::vector<uint64_t> kBrokenWeights = {25, 15, 8, 12, 8, 12, 8, 2, 6, 4};

constexpr uint8_t kRepostChannels[] = {kX, kFacebook, kMastodon};

bool can_repost(uint8_t channel) {
  return std::ranges::find(kRepostChannels, channel) != std::end(kRepostChannels);
}

std::vector<uint64_t> weights_of(const std::vector<CurrencyShare>& currencies) {
  std::vector<uint64_t> weights;
  for (const CurrencyShare& share : currencies) {
    weights.push_back(share.weight);
  }
  return weights;
}

// A functor and not a function: it is inlined into the heap.
struct Later {
  bool operator()(const Delivery& a, const Delivery& b) const {
    return a.kafka_time != b.kafka_time ? a.kafka_time > b.kafka_time : a.sequence > b.sequence;
  }
};

}  // namespace

void Schedule::push(Delivery delivery) {
  delivery.sequence = pushed_++;
  heap_.push_back(delivery);
  std::push_heap(heap_.begin(), heap_.end(), Later{});
}

Delivery Schedule::pop() {
  std::pop_heap(heap_.begin(), heap_.end(), Later{});
  const Delivery first = heap_.back();
  heap_.pop_back();
  return first;
}

void Recent::add(uint32_t slot, Slots<Post>& posts) {
  posts.hold(slot);
  if (slots_.size() < size_) {
    slots_.push_back(slot);
    return;
  }
  posts.release(slots_[next_]);
  slots_[next_] = slot;
  next_ = (next_ + 1) % size_;
}

void Passers::add(uint32_t number) {
  if (numbers_.size() < size_) {
    numbers_.push_back(number);
    return;
  }
  numbers_[next_] = number;
  next_ = (next_ + 1) % size_;
}

Society::Society(const Options& options)
    : options_(options),
      prng_(options.seed),
      brand_pick_(WeightedPick::zipf(options.brands)),
      author_pick_(WeightedPick::zipf(options.authors)),
      channel_pick_(kPostChannels),
      bug_channel_pick_(kBugChannels),
      support_channel_pick_(kSupportChannels),
      mood_pick_(kMoodWeights),
      currency_pick_(weights_of(options.currencies)),
      broken_pick_(kBrokenWeights),
      now_(options.start),
      sown_(sow(options)),
      first_sown_(options.signals.planted.size()) {
  for (const CurrencyShare& share : options.currencies) {
    currencies_.push_back(*money::parse_currency(share.code));
  }
  loud_from_ = now_ + wait(options.pace.burst_every_us);
}

bool Society::next(Delivery& delivery) {
  // A fact made later cannot be told before it happened.
  while (!is_over_ && (schedule_.empty() || schedule_.first_time() > now_)) {
    make_fact();
    is_over_ = options_.span_us != 0 && now_ >= options_.start + options_.span_us;
  }
  if (schedule_.empty()) {
    make_quiet();
  }
  if (schedule_.empty()) {
    return false;
  }
  delivery = schedule_.pop();
  quiet_at_ = std::max(quiet_at_, delivery.kafka_time);
  return true;
}

// Every one is as late as those before it: time passes evenly.
void Society::make_quiet() {
  constexpr int64_t kEvery = 6 * kHour;
  quiet_until_ = quiet_until_ == 0 ? quiet_at_ + options_.quiet_us : quiet_until_;
  if (quiet_at_ >= quiet_until_) {
    return;
  }
  now_ = quiet_at_ + kEvery;
  const int32_t partitions[] = {
      options_.posts_partitions, options_.support_partitions, options_.orders_partitions};
  for (size_t source = 0; source < kSources; ++source) {
    for (int32_t partition = 0; partition < partitions[source]; ++partition) {
      Post post = original(now_);
      post.brands = {kNoBrand, kNoBrand};
      post.brand_count = 0;
      post.type = ItemType::kMention;
      post.channel = kX;
      post.has_native_id = true;
      post.text.brands = post.brands;
      post.text.kind = TextPlan::Kind::kSmallTalk;
      post.coupon = 0;
      Delivery delivery;
      delivery.kafka_time = log_time(now_);
      delivery.observed_at = now_;
      delivery.source = static_cast<Source>(source);
      delivery.partition = partition;
      delivery.slot = add_post(post);
      posts_.hold(delivery.slot);
      push(delivery, false);
    }
  }
}

void Society::done(const Delivery& delivery) {
  switch (delivery.kind) {
    case Delivery::Kind::kDeal:
      deals_.release(delivery.slot);
      break;
    case Delivery::Kind::kBroken:
    case Delivery::Kind::kUnknownMetrics:
      break;
    default:
      posts_.release(delivery.slot);
      break;
  }
}

int64_t Society::delay() {
  return std::min(wait(options_.out_of_orderness_us / 8), options_.out_of_orderness_us);
}

// The facts so far tell how many records one fact makes; the rate is one of records.
int64_t Society::mean_interval() const {
  constexpr uint64_t kPrior = 1'000;  // 1.3 records each
  const auto records = static_cast<int64_t>(schedule_.pushed() + kPrior * 13 / 10);
  const auto facts = static_cast<int64_t>(facts_ + kPrior);
  const int64_t hour = base::floor_div(now_, kHour) % 24;
  // A loud brand adds to what is said, and the orders follow.
  const int64_t factor = kHourFactor[hour < 0 ? hour + 24 : hour] +
                         (now_ < loud_until_ ? options_.pace.burst_percent : 0);
  const int64_t records_per_mille = records * 1'000 / facts;
  if (options_.rate_per_day != 0) {
    const auto rate = static_cast<int64_t>(options_.rate_per_day);
    return std::max<int64_t>(base::kDay / 10 * records_per_mille / (factor * rate), 1);
  }
  return std::max<int64_t>(kSecond * 100 * records_per_mille / (1'000 * factor * options_.rate), 1);
}

uint64_t Society::new_number(EventTime at) {
  // Milliseconds since the end of 2010 and a counter, as platforms make them.
  constexpr int64_t kEpoch = 1'288'834'974'657;
  const auto milliseconds = static_cast<uint64_t>(std::max<int64_t>(at / kMillisecond - kEpoch, 1));
  return milliseconds << 22 | (++numbers_ & 0x3fffff);
}

uint16_t Society::draw_brand() {
  if (now_ < loud_until_ && chance(options_.pace.burst_share)) {
    return loud_brand_;
  }
  return static_cast<uint16_t>(brand_pick_.draw(prng_));
}

Language Society::language_of(uint32_t author) const {
  const uint64_t draw = mixed(author) % 100;
  return draw < 45 ? Language::kFinnish : draw < 60 ? Language::kSwedish : Language::kEnglish;
}

Sentiment Society::draw_label(Mood mood) {
  const uint64_t draw = prng_.below(100);
  if (draw < 15) {
    return Sentiment::kNone;
  }
  switch (mood) {
    case Mood::kPraise:
      return draw < 90 ? Sentiment::kPositive : Sentiment::kNeutral;
    case Mood::kComplaint:
      return draw < 92 ? Sentiment::kNegative : Sentiment::kNeutral;
    case Mood::kBug:
      return draw < 75 ? Sentiment::kNegative : Sentiment::kNeutral;
    case Mood::kNeutral:
    case Mood::kQuestion:
      break;
  }
  return draw < 85 ? Sentiment::kNeutral : draw < 93 ? Sentiment::kPositive : Sentiment::kNegative;
}

int32_t Society::partition_of(Source source, uint64_t number) const {
  const int32_t partitions[] = {
      options_.posts_partitions, options_.support_partitions, options_.orders_partitions};
  return static_cast<int32_t>(mixed(number) %
                              static_cast<uint64_t>(partitions[static_cast<size_t>(source)]));
}

void Society::make_fact() {
  const EventTime next = now_ + wait(mean_interval()) + 1;
  ++facts_;
  if (next_sown_ < sown_.size() && sown_[next_sown_].at <= next) {
    say_sown();
    return;
  }
  now_ = next;
  if (now_ >= loud_from_) {
    loud_brand_ = static_cast<uint16_t>(brand_pick_.draw(prng_));
    loud_until_ = now_ + kMinute + wait(options_.pace.burst_us);
    loud_from_ = loud_until_ + wait(options_.pace.burst_every_us);
    if (options_.truth) {
      loud_brands_.push_back({loud_brand_, now_, loud_until_});
    }
  }
  const Shares& shares = options_.shares;
  uint32_t draw = static_cast<uint32_t>(prng_.below(1'000'000));
  const auto falls_into = [&draw](uint32_t share) {
    const bool inside = draw < share;
    draw -= inside ? 0 : share;
    return inside;
  };
  if (falls_into(shares.conversations)) {
    make_conversation();
  } else if (falls_into(shares.orders)) {
    make_order();
  } else if (falls_into(shares.spends)) {
    make_spend();
  } else if (falls_into(shares.broken)) {
    make_broken();
  } else {
    make_post_fact();
  }
}

void Society::push(Delivery delivery, bool may_repeat) {
  schedule_.push(delivery);
  while (may_repeat && chance(options_.shares.redelivered)) {
    delivery.kafka_time = log_time(delivery.kafka_time + 1 + wait(15 * kSecond));
    if (delivery.kind == Delivery::Kind::kDeal) {
      deals_.hold(delivery.slot);
    } else {
      posts_.hold(delivery.slot);
    }
    schedule_.push(delivery);
  }
}

uint32_t Society::add_post(const Post& post) {
  const uint32_t slot = posts_.add(post);
  opened.push_back(slot);
  return slot;
}

// --- posts

void Society::draw_text(Post& post) {
  TextPlan& text = post.text;
  text.seed = static_cast<uint32_t>(prng_.next());
  text.language = language_of(post.author);
  text.mood =
      post.type == ItemType::kBugReport ? Mood::kBug : static_cast<Mood>(mood_pick_.draw(prng_));
  if (text.brands[0] == kNoBrand && post.type != ItemType::kBugReport &&
      chance(options_.shares.without_brand)) {
    text.kind = TextPlan::Kind::kSmallTalk;
    post.label = draw_label(Mood::kNeutral);
    return;
  }
  text.kind = TextPlan::Kind::kAboutBrand;
  if (text.brands[0] == kNoBrand) {
    text.brands[0] = draw_brand();
  }
  post.brand_count = 1;
  if (chance(options_.shares.two_brands)) {
    const uint16_t second = draw_brand();
    if (second != text.brands[0]) {
      text.brands[1] = second;
      post.brand_count = 2;
    }
  }
  post.brands = text.brands;
  post.label = draw_label(text.mood);
}

Post Society::original(EventTime at) {
  Post post;
  post.number = new_number(at);
  post.root = post.number;
  post.occurred_at = at;
  const bool is_bug = chance(options_.shares.bug_reports);
  post.type = is_bug ? ItemType::kBugReport : ItemType::kMention;
  post.channel =
      static_cast<uint8_t>(is_bug ? bug_channel_pick_.draw(prng_) : channel_pick_.draw(prng_));
  post.author = author_pick_.draw(prng_);
  draw_text(post);
  if (post.channel == kNews) {
    post.has_native_id = chance(500'000);
    post.author = chance(500'000) ? kNobody : post.author;
  }
  if (post.type == ItemType::kMention && post.has_native_id && post.brand_count == 1 &&
      chance(options_.shares.coupons)) {
    post.coupon = ++coupons_;
    handed_out_.add(post.coupon);
  }
  return post;
}

Post Society::answer(const Post& target, Relation relation) {
  Post post;
  post.number = new_number(now_);
  post.root = relation == Relation::kReply ? target.root : post.number;
  post.target = target.number;
  post.occurred_at = now_;
  post.channel = target.channel;
  post.relation = relation;
  post.author = author_pick_.draw(prng_);
  if (chance(options_.shares.bug_reports)) {
    post.type = ItemType::kBugReport;
  }
  // Most answers name what the post is about again.
  post.text.brands[0] = chance(800'000) ? target.brands[0] : kNoBrand;
  draw_text(post);
  return post;
}

Post Society::repost(const Post& target) {
  Post post;
  post.number = new_number(now_);
  post.root = post.number;
  post.target = target.number;
  post.occurred_at = now_;
  post.text = target.text;
  post.brands = target.brands;
  post.brand_count = target.brand_count;
  post.channel = target.channel;
  post.relation = Relation::kRepost;
  post.label = target.label;
  post.author = author_pick_.draw(prng_);
  post.target_author = target.author;
  return post;
}

// What was reposted is reposted again: a few posts take most of the reposts.
bool Society::draw_repost(Post& post) {
  for (int attempt = 0; attempt < 4 && !recent_.empty(); ++attempt) {
    const bool again = !reposted_.empty() && chance(700'000);
    const uint32_t target = again ? reposted_.draw(prng_) : recent_.draw(prng_);
    if (can_repost(posts_.at(target).channel)) {
      post = repost(posts_.at(target));
      reposted_.add(target, posts_);
      return true;
    }
  }
  return false;
}

bool Society::make_untimely() {
  const Shares& shares = options_.shares;
  const uint64_t draw = prng_.below(1'000'000);
  EventTime occurred_at = now_;
  if (draw < shares.late) {
    occurred_at -=
        options_.out_of_orderness_us + options_.lateness_us + kMinute + wait(20 * kMinute);
  } else if (draw < shares.late + shares.too_old) {
    occurred_at -= options_.max_age_us + kHour + wait(48 * kHour);
  } else if (draw < uint64_t{shares.late} + shares.too_old + shares.future) {
    occurred_at += options_.max_future_us + kMinute + wait(24 * kHour);
  } else {
    return false;
  }
  const uint32_t slot = add_post(original(occurred_at));
  posts_.hold(slot);
  Delivery delivery;
  delivery.kafka_time = log_time(now_);
  delivery.observed_at = now_;
  delivery.slot = slot;
  delivery.partition = partition_of(Source::kPosts, posts_.at(slot).number);
  push(delivery, true);
  return true;
}

void Society::make_post_fact() {
  if (chance(options_.shares.unknown_polled)) {
    make_unknown_metrics();
    return;
  }
  if (make_untimely()) {
    return;
  }
  const Shares& shares = options_.shares;
  const uint64_t draw = prng_.below(1'000'000);
  Post post;
  if (draw < shares.reposts && draw_repost(post)) {
    plan_post(add_post(post));
    return;
  }
  if (draw >= shares.reposts && draw < uint64_t{shares.reposts} + shares.replies + shares.quotes &&
      !recent_.empty()) {
    const Post target = posts_.at(recent_.draw(prng_));
    const Relation quote = can_repost(target.channel) ? Relation::kQuote : Relation::kCrosspost;
    const bool is_reply = draw < uint64_t{shares.reposts} + shares.replies;
    post = answer(target, is_reply ? Relation::kReply : quote);
  } else {
    post = original(now_);
  }
  const uint32_t slot = add_post(post);
  if (post.has_native_id) {
    recent_.add(slot, posts_);
  }
  plan_post(slot);
}

Delivery Society::plan_create(uint32_t slot, EventTime at) {
  const int64_t late_by = delay();
  Delivery create;
  create.kafka_time = log_time(at + late_by);
  create.observed_at = at + late_by / 4 * 3;
  create.slot = slot;
  create.partition = partition_of(Source::kPosts, posts_.at(slot).number);
  posts_.hold(slot);
  push(create, true);
  return create;
}

void Society::plan_post(uint32_t slot) {
  const Post post = posts_.at(slot);
  const Shares& shares = options_.shares;
  const Delivery create = plan_create(slot, now_);
  if (!post.has_native_id) {
    return;
  }
  if (chance(shares.second_connector)) {
    Delivery copy = create;
    const int64_t lag = wait(options_.out_of_orderness_us / 2);
    // Seen before the first poll, so that no copy is newer than an observation.
    copy.observed_at = std::min(now_ + lag / 2, create.kafka_time);
    copy.kafka_time = log_time(now_ + lag);
    copy.connector = 1;
    copy.partition = partition_of(Source::kPosts, prng_.next());
    posts_.hold(slot);
    push(copy, true);
  }
  if (post.relation == Relation::kRepost) {
    return;
  }
  if (chance(shares.polled)) {
    plan_polls(slot, create);
  }
  if (chance(shares.edited)) {
    plan_edits(slot, create);
  }
  if (chance(shares.deleted)) {
    Delivery removal = create;
    removal.kind = Delivery::Kind::kDelete;
    removal.observed_at = create.kafka_time + kSecond + wait(5 * kMinute);
    removal.kafka_time = log_time(removal.observed_at + wait(kSecond / 2));
    posts_.hold(slot);
    // A removal can name one brand at most, so a copy of one of two could not be placed.
    push(removal, post.brand_count < 2);
  }
}

void Society::plan_polls(uint32_t slot, const Delivery& create) {
  constexpr int64_t kIntervals[] = {
      20 * kSecond, 60 * kSecond, 3 * kMinute, 10 * kMinute, 30 * kMinute};
  const size_t polls = 1 + prng_.below(std::size(kIntervals));
  Delivery poll = create;
  poll.kind = Delivery::Kind::kMetrics;
  for (size_t i = 0; i < polls; ++i) {
    // Polls of one post stay in order: what a counter gained depends on it.
    poll.observed_at = poll.kafka_time + kIntervals[i] + wait(2 * kSecond);
    poll.kafka_time = log_time(poll.observed_at + wait(kSecond / 4));
    poll.revision = static_cast<uint8_t>(i + 1);
    posts_.hold(slot);
    push(poll, true);
  }
}

void Society::plan_edits(uint32_t slot, const Delivery& create) {
  const size_t edits = prng_.chance(1, 4) ? 2 : 1;
  Delivery edit = create;
  edit.kind = Delivery::Kind::kUpdate;
  edit.observed_at = create.kafka_time;
  for (size_t i = 0; i < edits; ++i) {
    edit.observed_at += kSecond + wait(2 * kMinute);
    edit.kafka_time = log_time(edit.observed_at + wait(2 * kSecond));
    edit.revision = static_cast<uint8_t>(i + 1);
    posts_.hold(slot);
    push(edit, true);
  }
}

void Society::make_unknown_metrics() {
  Delivery poll;
  poll.kind = Delivery::Kind::kUnknownMetrics;
  poll.observed_at = now_;
  poll.kafka_time = log_time(now_ + wait(kSecond / 4));
  poll.slot = static_cast<uint32_t>(prng_.next());
  poll.partition = partition_of(Source::kPosts, poll.slot);
  schedule_.push(poll);
}

void Society::make_broken() {
  Delivery broken;
  broken.kind = Delivery::Kind::kBroken;
  broken.broken = static_cast<Broken>(broken_pick_.draw(prng_));
  const bool is_deal = broken.broken == Broken::kBadAmount || broken.broken == Broken::kBadCurrency;
  broken.source = is_deal || chance(100'000) ? Source::kOrders
                  : chance(200'000)          ? Source::kSupport
                                             : Source::kPosts;
  broken.observed_at = now_;
  broken.kafka_time = log_time(now_);
  broken.slot = static_cast<uint32_t>(prng_.next());
  broken.partition = partition_of(broken.source, broken.slot);
  schedule_.push(broken);
}

void Society::say_sown() {
  const Sown& sown = sown_[next_sown_++];
  const Planted& planted = options_.signals.planted[sown.planted];
  now_ = std::max(now_, sown.at);
  if (sown.is_repost) {
    const Post copy = repost(posts_.at(first_sown_[sown.planted]));
    plan_post(add_post(copy));
    return;
  }
  Post post;
  post.number = new_number(now_);
  post.root = post.number;
  post.occurred_at = now_;
  const uint64_t first = mixed(options_.seed + sown.planted);
  post.author = static_cast<uint32_t>((first % options_.authors + sown.number % planted.authors) %
                                      options_.authors);
  post.channel = kRepostChannels[post.author % std::size(kRepostChannels)];
  post.brands[0] = planted.brand;
  post.brand_count = 1;
  post.text.seed = static_cast<uint32_t>(prng_.next());
  post.text.brands = post.brands;
  post.text.language = language_of(post.author);
  post.text.mood = Mood::kNeutral;
  post.text.kind = TextPlan::Kind::kPlanted;
  post.text.planted = sown.planted;
  post.label = draw_label(post.text.mood);
  const uint32_t slot = add_post(post);
  if (sown.number == 0 && planted.reposts != 0) {
    first_sown_[sown.planted] = slot;
    posts_.hold(slot);
  }
  recent_.add(slot, posts_);
  plan_post(slot);
}

}  // namespace kaiku::generate
