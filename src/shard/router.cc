#include "kaiku/shard/router.h"

#include <algorithm>
#include <charconv>

#include "kaiku/base/limits.h"

namespace kaiku::shard {
namespace {

using base::EventTime;
using base::kNoTime;
using model::ErrorClass;
using model::Item;
using model::ItemMessage;
using model::ItemType;
using model::Op;
using model::Outcome;

constexpr uint8_t kLayout = 3;
constexpr uint8_t kLayoutWithoutVoice = 2;

__extension__ using Wide = unsigned __int128;

bool is_never_late(const Item& item) {
  return item.op == Op::kDelete || item.type == ItemType::kBusinessEvent ||
         item.type == ItemType::kControl;
}

bool is_business(const Item& item) {
  return item.type == ItemType::kBusinessEvent;
}

// Versions of business records compare as integers or as times where they are such, else by the
// time of the operation.
int64_t comparable_version(std::string_view version, EventTime otherwise) {
  int64_t number = 0;
  const auto [end, error] =
      std::from_chars(version.data(), version.data() + version.size(), number);
  if (error == std::errc() && end == version.data() + version.size() && !version.empty()) {
    return number;
  }
  const EventTime time = base::parse_rfc3339(version);
  return time == kNoTime ? otherwise : time;
}

bool is_new_edition(const Item& item) {
  return item.op == Op::kCreate && !item.supersedes.empty() && !is_business(item);
}

}  // namespace

uint32_t shard_of(const base::Digest& digest, uint32_t shards) {
  // The high word: the low one is the hash of the tables inside a shard.
  return static_cast<uint32_t>((static_cast<Wide>(digest.hi) * shards) >> 64);
}

uint32_t shard_of_brand(const base::HashKey& key, std::string_view brand, uint32_t shards) {
  return shard_of(key.digest({"brand", brand}), shards);
}

base::Digest journey_key(const base::HashKey& key, model::KeyKind kind, std::string_view text) {
  if (kind != model::KeyKind::kCoupon) {
    return key.digest({"key", model::name_of(kind), text});
  }
  std::string folded(text);
  for (char& c : folded) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return key.digest({"key", model::name_of(kind), folded});
}

Router::Router(const Plan& plan, size_t source, int32_t partition)
    : plan_(plan),
      source_plan_(plan.sources[source]),
      source_(source),
      partition_(partition),
      sketcher_(plan.key) {
  if (plan.signals != nullptr) {
    extractor_ = std::make_unique<signal::Extractor>(*plan.signals, plan.key);
  }
}

void Router::process(const log::Record& record, const Tools& tools, RouterSink& sink) {
  record_ = &record;
  tools_ = tools;
  sink_ = &sink;
  item_number_ = 0;
  letter_written_ = false;
  // The time of a bounded source's record is when somebody read a file: it decides nothing.
  kafka_time_ = source_plan_.bounded ? kNoTime : record.timestamp;
  last_timestamp_ = record.timestamp;
  ++state_.ledger.records;
  state_.ledger.bytes += record.value.size();
  state_.next_offset = record.offset + 1;
  if (kafka_time_ != kNoTime) {
    state_.voice.sign = std::max(state_.voice.sign, kafka_time_);
  }
  if (!record.has_value) {
    on_ignored();
  } else {
    tools.parser->parse(record.value, kafka_time_, *this);
  }
  record_ = nullptr;
}

void Router::tick(EventTime time) {
  state_.tick = std::max(state_.tick, time);
  if (state_.voice.since == base::kTimeBegin) {
    state_.voice.since = time;
  }
}

EventTime Router::watermark() const {
  return state_.operation_max == base::kTimeBegin
             ? base::kTimeBegin
             : state_.operation_max - plan_.time.out_of_orderness_us;
}

exchange::Progress Router::progress() const {
  if (state_.ended) {
    return exchange::kEnded;
  }
  if (source_plan_.bounded) {
    return {};
  }
  exchange::Progress progress{watermark(), watermark()};
  if (state_.tick != base::kTimeBegin) {
    progress.effective = std::max(progress.effective, state_.tick);
    // Older than max_age is a dead letter, whatever comes.
    progress.data = std::max(progress.data, state_.tick - source_plan_.max_age_us);
  }
  return progress;
}

Coordinates Router::coordinates() const {
  return {source_plan_.name,
          plan_.topics.at(source_plan_.topic).name,
          record_->at,
          record_->offset,
          kafka_time_,
          item_number_};
}

void Router::on_ignored() {
  ++state_.ledger.items;
  state_.ledger.count(Outcome::kIgnored);
  note_beat();
}

void Router::note_beat() {
  if (kafka_time_ != kNoTime) {
    state_.voice.beat = std::max(state_.voice.beat, kafka_time_);
  }
}

void Router::on_reject(const parse::Reject& reject) {
  ++state_.ledger.items;
  dead_letter(reject.error, reject.code, reject.field, reject.message);
}

void Router::dead_letter(ErrorClass error,
                         std::string_view code,
                         std::string_view field,
                         std::string_view message) {
  state_.ledger.count(Outcome::kDeadLetter);
  ++state_.ledger.dead_letters[static_cast<size_t>(error)];
  // The first letter of a record carries its bytes, within the source's budget of the log's minute.
  const int64_t minute =
      record_->timestamp == kNoTime ? 0 : base::floor_div(record_->timestamp, base::kMinute);
  if (minute != letter_minute_) {
    letter_minute_ = minute;
    letter_bytes_ = 0;
  }
  const size_t size = std::min(record_->value.size(), base::limits::kDeadLetterBytes);
  const bool with_bytes = !source_plan_.hides_payload && !letter_written_ &&
                          letter_bytes_ + size <= plan_.outputs.dead_letter_budget_bytes;
  if (with_bytes) {
    letter_bytes_ += size;
    letter_written_ = true;
  }
  sink_->on_output(dead_letter_record(
      plan_, coordinates(), {error, code, field, message}, record_->value, with_bytes));
  ++item_number_;
}

EventTime Router::operation_time(const Item& item) const {
  const bool by_observation = item.op != Op::kCreate || source_plan_.polled;
  if (!by_observation) {
    return item.occurred_at;
  }
  if (item.observed_at != kNoTime) {
    return item.observed_at;
  }
  return kafka_time_ != kNoTime ? kafka_time_ : item.occurred_at;
}

bool Router::judge_time(const Item& item, ItemMessage& message) {
  const EventTime operation = operation_time(item);
  message.occurred_at = item.occurred_at;
  message.operation_at = operation;
  message.kafka_at = kafka_time_ == kNoTime ? operation : kafka_time_;
  if (source_plan_.bounded) {
    state_.operation_max = std::max(state_.operation_max, operation);
    return true;
  }
  if (kafka_time_ != kNoTime) {
    if (std::max(operation, item.occurred_at) > kafka_time_ + source_plan_.max_future_us) {
      dead_letter(ErrorClass::kFuture,
                  "future",
                  "occurred_at",
                  "the item's time lies too far after the record's own time (max_future)");
      return false;
    }
    const EventTime age_of = item.op == Op::kCreate ? item.occurred_at : operation;
    if (!is_never_late(item) && age_of < kafka_time_ - source_plan_.max_age_us) {
      dead_letter(ErrorClass::kTooOld,
                  "too_old",
                  "occurred_at",
                  "the item's time lies too far before the record's own time (max_age)");
      return false;
    }
  }
  const EventTime before = watermark();
  state_.operation_max = std::max(state_.operation_max, std::min(operation, message.kafka_at));
  state_.voice.item = state_.operation_max;
  ++items_heard_;
  if (is_never_late(item)) {
    return true;
  }
  if (operation < before - plan_.time.lateness_us) {
    state_.ledger.count(Outcome::kLate);
    sink_->on_output(late_record(plan_,
                                 coordinates(),
                                 {item.event_id,
                                  item.native_id,
                                  model::name_of(item.type),
                                  item.channel,
                                  plan_.channels->id_of(item.channel, folded_channel_),
                                  item.occurred_at,
                                  operation,
                                  before}));
    ++item_number_;
    return false;
  }
  message.straggler =
      state_.tick != base::kTimeBegin && operation < state_.tick - plan_.time.lateness_us;
  return true;
}

bool Router::match_brands(const Item& item, ItemMessage& message) {
  const auto one = [&](std::string_view brand) {
    message.brands[0] = brand;
    message.brand_count = 1;
  };
  if (!source_plan_.brand_constant.empty()) {
    one(source_plan_.brand_constant);
    return true;
  }
  if (plan_.open_brands) {
    one(item.brand.empty() ? match::kOtherBrand : item.brand.substr(0, base::limits::kNameBytes));
    return true;
  }
  if (plan_.brands != nullptr) {
    if (!item.brand.empty()) {
      const std::string_view known = plan_.brands->by_field(item.brand);
      if (!known.empty()) {
        one(known);
      }
    } else {
      match::BrandSet found;
      if (const std::string_view own = plan_.brands->by_handle(item.author_handle); !own.empty()) {
        found.ids[found.count++] = own;
        message.author_role = model::AuthorRole::kBrand;
      }
      if (!item.title.empty()) {
        plan_.brands->match(item.title, *tools_.scratch, found);
      }
      if (!item.text.empty()) {
        plan_.brands->match(item.text, *tools_.scratch, found);
      }
      std::copy(found.ids, found.ids + found.count, message.brands.begin());
      message.brand_count = found.count;
      message.brands_truncated = found.truncated;
    }
  }
  if (message.brand_count != 0) {
    return true;
  }
  // Operations name their item, business records their order: only what would be counted is a
  // matter of taste.
  const bool operation = item.op == Op::kDelete || item.op == Op::kMetrics || is_business(item);
  switch (operation ? Unmatched::kCount : plan_.unmatched) {
    case Unmatched::kIgnore:
      state_.ledger.count(Outcome::kIgnored);
      ++item_number_;
      return false;
    case Unmatched::kDeadLetter:
      dead_letter(
          ErrorClass::kSemantic, "no_brand", "text", "the item names no brand of the catalogue");
      return false;
    case Unmatched::kCount:
      break;
  }
  one(match::kOtherBrand);
  return true;
}

void Router::identify(const Item& item, ItemMessage& message) const {
  const std::string_view source =
      item.source.empty() ? std::string_view(source_plan_.name) : item.source;
  const base::Digest delivery = plan_.key.digest({"event", source, item.event_id});
  message.delivery = delivery.lo;
  // An edit that came with an id of its own names the one before it.
  const std::string_view native_id = is_new_edition(item) ? item.supersedes : item.native_id;
  message.item =
      native_id.empty() ? delivery : plan_.key.digest({"native", message.channel, native_id});
  message.version = message.operation_at;
  message.version_tag = 0;
  if (message.op == Op::kUpdate || item.type == ItemType::kBusinessEvent) {
    // Without a version of its own the time of the operation tells one edit from the next.
    message.version_tag = item.native_version.empty() ? static_cast<uint64_t>(message.operation_at)
                                                      : plan_.key.hash64(item.native_version);
  }
  const std::string_view author = item.author_id.empty() ? item.author_handle : item.author_id;
  message.has_author = !author.empty();
  if (message.has_author) {
    message.author = plan_.key.digest({"author", message.channel, author}).lo;
  }
  if (item.type == ItemType::kBusinessEvent) {
    identify_business(item, message);
  }
}

void Router::identify_business(const Item& item, ItemMessage& message) const {
  message.kind = item.kind;
  message.business = plan_.key.digest({"business", model::name_of(item.kind), item.business_id});
  message.names_order = item.kind != model::BusinessKind::kOrder && !item.relates_to.empty();
  message.order =
      message.names_order
          ? plan_.key.digest(
                {"business", model::name_of(model::BusinessKind::kOrder), item.relates_to})
          : message.business;
  message.item = message.business;
  message.version = comparable_version(item.native_version, message.operation_at);
  message.has_amount = item.has_amount;
  message.amount_micros = item.amount_micros;
  message.currency = item.currency;
  message.period = item.kind == model::BusinessKind::kAdSpend ? item.period() : model::Period{};
}

// The root names a conversation: the record's own field, its ticket, else the parent, else itself.
void Router::find_thread(const Item& item, ItemMessage& message) const {
  if (is_business(item) || item.op == Op::kMetrics) {
    return;
  }
  std::string_view root = item.conversation_id;
  if (root.empty()) {
    root = item.ticket_id;
  }
  if (root.empty() && !item.in_reply_to.empty()) {
    root = item.in_reply_to;
    message.thread.by_parent = true;
  }
  if (root.empty() && plan_.conversations->opens(item.type)) {
    root = item.native_id;
  }
  if (root.empty()) {
    return;
  }
  message.has_thread = true;
  model::ThreadPart& thread = message.thread;
  thread.conversation = plan_.key.digest({"native", message.channel, root});
  // Names that are not known say nothing.
  (void)model::parse_name(item.severity, thread.severity);
  (void)model::parse_name(item.status, thread.status);
  thread.accepted_answer = item.accepted_answer;
  thread.automatic = item.auto_reply || message.author_role == model::AuthorRole::kBot;
  thread.csat = item.csat >= 1 && item.csat <= 5 ? static_cast<uint8_t>(item.csat) : uint8_t{0};
  if (message.visibility == model::Visibility::kPublic && item.type == ItemType::kBugReport &&
      item.url.size() <= base::limits::kIdBytes) {
    thread.url = item.url;
  }
}

// No watermark of any shard is past its time: what is forgotten is a function of this partition's
// log, whatever the others are at. A bounded source tells no watermark before its end.
void Router::request_erasure(const Item& item) {
  const EventTime before =
      source_plan_.bounded ? base::kTimeBegin : std::max(watermark(), state_.tick);
  ItemMessage message;
  if (!judge_time(item, message)) {
    return;
  }
  model::ErasureMessage request;
  request.at = std::max(message.operation_at, before);
  request.requested_at = message.operation_at;
  request.id = item.native_id.empty() ? item.event_id : item.native_id;
  const std::string_view channel = plan_.channels->id_of(item.channel, folded_channel_);
  request.request = plan_.key.digest({"erase", channel, request.id});
  const std::string_view author = item.author_id.empty() ? item.author_handle : item.author_id;
  request.has_author = !author.empty();
  request.has_customer = !item.customer_key.empty();
  if (!request.has_author && !request.has_customer) {
    dead_letter(ErrorClass::kSemantic,
                "no_subject",
                "author.id",
                "a request to erase names its author, its customer_key, or both");
    return;
  }
  if (request.has_author) {
    request.author = plan_.key.digest({"author", channel, author}).lo;
  }
  if (request.has_customer) {
    request.customer = journey_key(plan_.key, model::KeyKind::kCustomer, item.customer_key);
  }
  // It counts for no brand.
  state_.ledger.count(Outcome::kIgnored);
  ++item_number_;
  sink_->on_erasure_request(request);
}

// Of what is said for the first time: an edit or a counter is no news.
void Router::find_signals(const Item& item, ItemMessage& message) {
  if (is_business(item) || message.op != Op::kCreate ||
      plan_.privacy.is_restricted(message.channel)) {
    return;
  }
  extractor_->extract(item, message, signals_);
  if (!signals_.is_empty()) {
    // Alerts may point to what everybody can read.
    const bool is_web = item.url.starts_with("https://") || item.url.starts_with("http://");
    if (message.visibility == model::Visibility::kPublic && is_web &&
        item.url.size() <= aggregate::kExampleUrlBytes) {
      signals_.url = item.url;
    }
    message.signals = &signals_;
  }
}

void Router::on_item(const Item& item) {
  SourceLedger& ledger = state_.ledger;
  ++ledger.items;
  if (plan_.privacy.erases && item.control == model::ControlKind::kEraseSubject &&
      item.type == ItemType::kControl && !item.test) {
    request_erasure(item);
    return;
  }
  if (item.type == ItemType::kControl || item.test) {
    ledger.tests += item.test ? 1 : 0;
    ledger.count(Outcome::kIgnored);
    ++item_number_;
    note_beat();
    return;
  }
  ItemMessage message;
  if (!judge_time(item, message)) {
    return;
  }
  message.author_role = item.author_role;
  message.automatic = item.auto_reply;
  message.channel = plan_.channels->id_of(item.channel, folded_channel_);
  if (!match_brands(item, message)) {
    return;
  }
  message.type = item.type;
  message.op = is_new_edition(item) ? Op::kUpdate : item.op;
  message.relation = item.relation;
  message.visibility = item.visibility;
  message.sentiment = item.sentiment;
  message.relevance = item.relevance;
  message.has_sentiment_score = item.has_sentiment_score;
  message.sentiment_score_ppm = item.sentiment_score_ppm;
  message.followers = item.followers;
  message.counters = item.counters;
  message.source = source_plan_.name;
  message.polled = source_plan_.polled;
  message.unstable_time = !source_plan_.stable_time;
  identify(item, message);
  // Whatever its records say, nobody else reads along in a private channel.
  if ((plan_.conversations != nullptr || plan_.signals != nullptr) &&
      message.visibility == model::Visibility::kPublic &&
      plan_.channels->is_private(message.channel)) {
    message.visibility = model::Visibility::kPrivate;
  }
  if (plan_.conversations != nullptr) {
    find_thread(item, message);
  }
  if (plan_.journeys != nullptr) {
    find_keys(item, message);
    find_opening(item, message);
  } else if (plan_.privacy.min_cell > 0 && is_business(item) && !item.customer_key.empty()) {
    keys_.carried = 0;
    keys_.touch_channel = {};
    keys_.add(model::KeyKind::kCustomer,
              journey_key(plan_.key, model::KeyKind::kCustomer, item.customer_key));
    message.keys = &keys_;
  }
  if (plan_.facets != nullptr) {
    find_facets(item, message);
  }
  if (plan_.signals != nullptr) {
    find_signals(item, message);
  }
  ledger.stragglers += message.straggler ? 1 : 0;
  ledger.overflows += message.brands_truncated ? 1 : 0;
  ++ledger.sent;
  ++item_number_;
  sink_->on_message(shard_of(message.item, plan_.shards), message);
}

void Router::encode(base::ByteWriter& out) const {
  out.u8(kLayout);
  out.i64(state_.next_offset);
  out.i64(state_.operation_max);
  out.i64(state_.tick);
  out.u8(state_.ended ? 1 : 0);
  exchange::write(out, state_.voice);
  state_.ledger.encode(out);
}

bool Router::decode(base::ByteReader& in) {
  const uint8_t layout = in.u8();
  if (layout != kLayout && layout != kLayoutWithoutVoice) {
    return false;
  }
  state_.next_offset = in.i64();
  state_.operation_max = in.i64();
  state_.tick = in.i64();
  state_.ended = in.u8() != 0;
  state_.voice =
      layout == kLayout
          ? exchange::read_voice(in)
          : exchange::Voice{state_.operation_max, base::kTimeBegin, base::kTimeBegin, state_.tick};
  return state_.ledger.decode(in);
}

}  // namespace kaiku::shard
