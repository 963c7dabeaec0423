#include "generate/teller.h"

#include <charconv>

#include "kaiku/base/json_writer.h"
#include "kaiku/base/limits.h"
#include "kaiku/money/decimal.h"

#include "generate/pick.h"

namespace kaiku::generate {
namespace {

using model::Sentiment;

constexpr std::string_view kCounterNames[kCounters] = {
    "likes", "replies", "reposts", "quotes", "bookmarks", "clicks", "views", "impressions"};

void add_number(uint64_t value, std::string& out) {
  char digits[20];
  const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value);
  (void)error;
  out.append(digits, end);
}

void add_base36(uint64_t value, std::string& out) {
  char digits[16];
  const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value, 36);
  (void)error;
  out.append(digits, end);
}

void add_text_field(std::string_view name, std::string_view value, std::string& out) {
  out.append(",\"").append(name).append("\":\"").append(value).append("\"");
}

// Ids in the form of their platform.
void add_native_id(uint8_t channel, uint64_t number, std::string& out) {
  static constexpr std::string_view kPrefixes[kChannels] = {"",
                                                            "pfbid0",
                                                            "",
                                                            "t3_",
                                                            "topic-",
                                                            "https://social.example/statuses/",
                                                            "yt-",
                                                            "issue-",
                                                            "gp:",
                                                            "https://news.example/a/",
                                                            "mail-",
                                                            "chat-",
                                                            "form-"};
  out.append(kPrefixes[channel]);
  if (channel == kReddit || channel == kYoutube || channel == kFacebook) {
    add_base36(number, out);
  } else {
    add_number(number, out);
  }
}

void add_author_id(uint32_t author, std::string& out) {
  add_number(1'000'000'007 + uint64_t{author} * 7'919, out);
}

void add_handle(uint32_t author, std::string& out) {
  const auto names = first_names();
  out.append(names[mixed(author) % names.size()]).append("_");
  add_number(author, out);
}

void add_two_digits(int64_t value, std::string& out) {
  out += static_cast<char>('0' + value / 10);
  out += static_cast<char>('0' + value % 10);
}

void add_sentiment(Sentiment label, uint64_t seed, std::string& out) {
  if (label == Sentiment::kNone) {
    return;
  }
  const auto draw = static_cast<int64_t>(mixed(seed) % 60);
  const bool strong = label != Sentiment::kNeutral;
  out.append(",\"sentiment\":{\"score\":");
  out.append(label == Sentiment::kNegative ? "-0." : "0.");
  add_two_digits(strong ? 35 + draw : draw / 4, out);
  add_text_field("label", model::name_of(label), out);
  out.append(",\"model\":\"lex-3\"}");
}

void add_counters(const Post& post, uint32_t poll, std::string& out) {
  const std::array<int64_t, kCounters> counters = counters_of(post, poll);
  out.append(",\"metrics\":{");
  for (size_t i = 0; i < kCounters; ++i) {
    out.append(i == 0 ? "\"" : ",\"").append(kCounterNames[i]).append("\":");
    if (counters[i] == model::kAbsent) {
      out.append("null");
    } else {
      add_number(static_cast<uint64_t>(counters[i]), out);
    }
  }
  out.append("}");
}

std::string_view op_of(const Delivery& delivery) {
  switch (delivery.kind) {
    case Delivery::Kind::kUpdate:
      return "update";
    case Delivery::Kind::kDelete:
      return "delete";
    case Delivery::Kind::kMetrics:
    case Delivery::Kind::kUnknownMetrics:
      return "metrics";
    default:
      return "create";
  }
}

bool is_private(const Post& post) {
  return visibility_of(post) != model::Visibility::kPublic;
}

// Names of tickets; reports of bugs have the same here.
std::string_view name_of(model::ConversationStatus status) {
  static constexpr std::string_view kNames[] = {
      "", "open", "pending", "on_hold", "solved", "closed", "reopened"};
  return kNames[static_cast<size_t>(status)];
}

void add_customer(uint32_t customer, std::string& out) {
  if (customer == kGuest) {
    out.append(",\"customer_key\":\"Guest\"");
  } else if (customer != kNobody) {
    out.append(",\"customer_key\":\"crm-");
    add_number(customer, out);
    out.append("\"");
  }
}

void add_coupon(uint32_t coupon, std::string& out) {
  out.append("\"coupon\":\"SAVE-");
  add_base36(coupon, out);
  out.append("\"");
}

void add_event_id(const Post& post, const Delivery& delivery, std::string& out) {
  out.append("\"event_id\":\"").append(delivery.connector == 0 ? "ev-" : "ln-");
  add_number(post.number, out);
  switch (delivery.kind) {
    case Delivery::Kind::kUpdate:
      out.append("-v");
      add_number(delivery.revision + 1U, out);
      break;
    case Delivery::Kind::kDelete:
      out.append("-x");
      break;
    case Delivery::Kind::kMetrics:
      out.append("-m");
      add_number(delivery.revision, out);
      break;
    default:
      break;
  }
  out.append("\"");
}

std::string_view connector_of(const Post& post, const Delivery& delivery) {
  if (delivery.connector != 0) {
    return "listening/feed-7";
  }
  static constexpr std::string_view kConnectors[kChannels] = {"x.v2/stream-1",
                                                              "facebook/pages-3",
                                                              "instagram/graph-1",
                                                              "reddit/poll-2",
                                                              "forum/webhook",
                                                              "mastodon/stream",
                                                              "youtube/poll-1",
                                                              "github/webhook",
                                                              "google-play/poll",
                                                              "news/feeds",
                                                              "mail/imap-1",
                                                              "chat/widget",
                                                              "web/form"};
  return kConnectors[post.channel];
}

}  // namespace

// --- posts

void Teller::add_time(std::string_view name, base::EventTime time, std::string& out) {
  const int32_t day = base::day_of(time);
  if (day != day_ || date_.empty()) {
    day_ = day;
    date_ = base::format_date(day);
  }
  const int64_t in_day = time - day * base::kDay;
  out.append(",\"").append(name).append("\":\"").append(date_).append("T");
  add_two_digits(in_day / base::kHour, out);
  out += ':';
  add_two_digits(in_day / base::kMinute % 60, out);
  out += ':';
  add_two_digits(in_day / base::kSecond % 60, out);
  out += '.';
  const int64_t fraction = in_day % base::kSecond;
  add_two_digits(fraction / 10'000, out);
  add_two_digits(fraction / 100 % 100, out);
  add_two_digits(fraction % 100, out);
  out.append("Z\"");
}

void Teller::add_times(base::EventTime occurred_at, base::EventTime observed_at, std::string& out) {
  add_time("occurred_at", occurred_at, out);
  add_time("observed_at", observed_at, out);
}

void Teller::open(const Post& post, const Delivery& delivery, std::string& out) {
  out.append("{\"schema_version\":\"1.0\",");
  add_event_id(post, delivery, out);
  add_text_field("source", connector_of(post, delivery), out);
  add_text_field("type", model::name_of(post.type), out);
  add_text_field("op", op_of(delivery), out);
  // A removal has no text to name the brand in.
  const bool is_removal = delivery.kind == Delivery::Kind::kDelete && post.brand_count == 1;
  if (post.brand_in_field || is_removal) {
    const bool is_known = post.brand_count > 0;
    add_text_field(
        "brand_id", is_known ? std::string_view(brands_[post.brands[0]].id) : "unlisted", out);
  }
  add_text_field("channel", channel_names()[post.channel], out);
  if (post.has_native_id) {
    out.append(",\"native_id\":\"");
    add_native_id(post.channel, post.number, out);
    out.append("\"");
  }
  if (delivery.kind == Delivery::Kind::kUpdate) {
    out.append(",\"native_version\":\"");
    add_number(delivery.revision + 1U, out);
    out.append("\"");
  }
  add_times(post.occurred_at, delivery.observed_at, out);
}

// There is one channel where the desk's records name what is answered and nothing else.
bool Teller::names_thread(const Post& post, const Delivery& delivery) {
  return delivery.source != Source::kSupport || post.channel != kFacebook;
}

void Teller::add_support(const Post& post, const Delivery& delivery, std::string& out) {
  if (names_thread(post, delivery)) {
    out.append(",\"ticket_id\":\"T-");
    add_number(post.root & 0xffff'ffff, out);
    out.append("\"");
  }
  add_text_field("direction", post.from_brand ? "outbound" : "inbound", out);
  out.append(",\"message_number\":");
  add_number(post.message + 1U, out);
  StateChange change = delivery.change;
  if (delivery.kind == Delivery::Kind::kCreate) {
    change.status = post.status;
  }
  if (change.status != model::ConversationStatus::kNone) {
    add_text_field("status", name_of(change.status), out);
  }
  if (change.accepted) {
    out.append(",\"accepted_answer\":true");
  }
  if (change.csat != 0) {
    out.append(",\"csat\":");
    add_number(change.csat, out);
  }
  if (post.automatic) {
    out.append(",\"auto_reply\":true");
  }
}

void Teller::add_body(const Post& post, const Delivery& delivery, std::string& out) {
  const bool hidden = is_private(post);
  add_text_field("classification", hidden ? "confidential" : "public", out);
  add_text_field("visibility", model::name_of(visibility_of(post)), out);
  if (post.author != kNobody) {
    out.append(",\"author\":{\"id\":\"");
    add_author_id(post.author, out);
    out.append("\",\"handle\":\"");
    add_handle(post.author, out);
    out.append("\",\"followers\":");
    add_number(static_cast<uint64_t>(followers_of(post.author)), out);
    add_text_field("role", model::name_of(post.role), out);
    out.append(",\"verified\":").append(post.author % 50 == 0 ? "true}" : "false}");
  }
  text_.clear();
  if (post.relation == model::Relation::kRepost) {
    text_.append("RT @");
    add_handle(post.target_author, text_);
    text_.append(": ");
  }
  make_text(post.text, text_);
  if (delivery.kind == Delivery::Kind::kUpdate && !post.changes_state) {
    text_.append(" EDIT ");
    add_number(delivery.revision, text_);
  }
  out.append(",\"text\":");
  base::append_json_string(out, text_);
  add_text_field("lang", code_of(post.text.language), out);
  out.append(",\"url\":\"https://").append(channel_names()[post.channel]).append(".example/p/");
  add_base36(post.number, out);
  out.append("\"");
  if (names_thread(post, delivery)) {
    out.append(",\"conversation_id\":\"");
    add_native_id(post.channel, post.root, out);
    out.append("\"");
  }
  add_text_field("relation", model::name_of(post.relation), out);
  if (post.target != 0) {
    const bool is_reply = post.relation == model::Relation::kReply;
    out.append(is_reply ? ",\"in_reply_to\":\"" : ",\"relates_to\":\"");
    add_native_id(post.channel, post.target, out);
    out.append("\"");
  }
}

void Teller::tell_post(const Post& post, const Delivery& delivery, Record& record) {
  std::string& out = record.value;
  out.clear();
  record.key.clear();
  record.is_utf8 = true;
  // The second connector does not care where its records go.
  record.has_key = delivery.connector == 0 && post.has_native_id;
  if (record.has_key) {
    add_native_id(
        post.channel, delivery.source == Source::kSupport ? post.root : post.number, record.key);
  }
  open(post, delivery, out);
  if (delivery.kind == Delivery::Kind::kDelete) {
    out.append("}");
    return;
  }
  add_body(post, delivery, out);
  const uint32_t version = delivery.kind == Delivery::Kind::kUpdate ? delivery.revision : 0;
  const uint32_t poll = delivery.kind == Delivery::Kind::kMetrics ? delivery.revision : 0;
  add_sentiment(label_of(post, version), post.number, out);
  if (delivery.source == Source::kSupport) {
    add_support(post, delivery, out);
  }
  add_customer(post.customer, out);
  if (post.coupon != 0) {
    out.append(",\"touch\":{");
    add_coupon(post.coupon, out);
    out.append("}");
  }
  if (delivery.kind != Delivery::Kind::kUpdate && !is_private(post)) {
    add_counters(post, poll, out);
  }
  if (post.type == model::ItemType::kBugReport) {
    add_text_field("severity", model::name_of(severity_of(post)), out);
    add_text_field("app_version", "3.4.1", out);
  }
  out.append("}");
}

void Teller::tell_unknown(const Delivery& delivery, Record& record) {
  Post post;
  post.channel = kReddit;
  // Below every number that a post of the workload has.
  post.number = delivery.slot;
  post.occurred_at = delivery.observed_at - 3 * base::kDay;
  record.has_key = true;
  record.is_utf8 = true;
  record.key.clear();
  record.value.clear();
  add_native_id(post.channel, post.number, record.key);
  open(post, delivery, record.value);
  add_counters(post, 1, record.value);
  record.value.append("}");
}

// --- business events

void Teller::add_amount(const Deal& deal, std::string& out) const {
  using model::BusinessKind;
  if (deal.kind == BusinessKind::kCancellation || deal.kind == BusinessKind::kVisit ||
      deal.kind == BusinessKind::kLead) {
    return;
  }
  switch (deal.amount_form) {
    case 0:
      add_text_field("amount", money::format_money(deal.amount_micros, deal.currency), out);
      break;
    case 1: {
      int64_t minor = deal.amount_micros;
      for (int i = money::exponent(deal.currency); i < 6; ++i) {
        minor /= 10;
      }
      out.append(",\"amount_minor\":").append(std::to_string(minor));
      break;
    }
    default:
      out.append(",\"amount_micros\":").append(std::to_string(deal.amount_micros));
      break;
  }
  add_text_field("currency", deal.currency.view(), out);
  add_text_field("amount_is", "net_of_tax", out);
}

void Teller::add_touch(const Deal& deal, std::string& out) {
  if (deal.touch == kChannels && deal.click == 0 && deal.coupon == 0) {
    return;
  }
  out.append(",\"touch\":{");
  std::string_view comma;
  if (deal.touch != kChannels) {
    out.append("\"channel\":\"").append(channel_names()[deal.touch]).append("\"");
    comma = ",";
    // An order knows its campaign by the link that was clicked.
    if (deal.kind != model::BusinessKind::kOrder || deal.click != 0) {
      out.append(",\"campaign_id\":\"").append(campaigns()[deal.campaign]).append("\"");
    }
  }
  if (deal.click != 0) {
    out.append(comma).append("\"click_id\":\"gclid-");
    add_base36(mixed(deal.click), out);
    out.append("\"");
    comma = ",";
  }
  if (deal.coupon != 0) {
    out.append(comma);
    add_coupon(deal.coupon, out);
  }
  out.append("}");
}

void Teller::tell_deal(const Deal& deal, const Delivery& delivery, Record& record) {
  using model::BusinessKind;
  std::string& out = record.value;
  record.has_key = true;
  record.is_utf8 = true;
  record.key.clear();
  add_number(deal.number, record.key);
  const bool is_spend = deal.kind == BusinessKind::kAdSpend;
  out.assign("{\"schema_version\":\"1.0\",\"event_id\":\"biz-");
  add_number(deal.number, out);
  out.append("-v");
  add_number(deal.version, out);
  out.append("\"");
  add_text_field("source", is_spend ? "ads/report" : "shop/eu", out);
  add_text_field("type", "business_event", out);
  add_text_field("op", deal.removed ? "delete" : deal.version > 1 ? "update" : "create", out);
  if (deal.brand != kNoBrand) {
    add_text_field("brand_id", brands_[deal.brand].id, out);
  }
  add_text_field("channel", channel_names()[deal.channel], out);
  out.append(",\"native_id\":\"").append(record.key).append("\",\"native_version\":\"");
  add_number(deal.version, out);
  out.append("\"");
  add_times(deal.occurred_at, delivery.observed_at, out);
  add_text_field("kind", model::name_of(deal.kind), out);
  add_text_field("business_id", record.key, out);
  if (deal.names_order) {
    out.append(",\"relates_to\":\"");
    add_number(deal.order_number, out);
    out.append("\"");
  }
  add_amount(deal, out);
  if (is_spend) {
    add_time("period_start", deal.occurred_at, out);
    add_time("period_end", deal.occurred_at + base::kHour, out);
    add_text_field("campaign_id", campaigns()[deal.campaign], out);
    out.append("}");
    return;
  }
  add_customer(deal.customer, out);
  if (deal.kind == BusinessKind::kOrder) {
    out.append(",\"is_first_purchase\":").append(deal.customer % 3 == 0 ? "true" : "false");
  }
  add_touch(deal, out);
  if (deal.test) {
    out.append(",\"test\":true");
  }
  out.append("}");
}

// --- what cannot be read

void Teller::tell_broken(const Delivery& delivery, Record& record) {
  Post post;
  post.number = delivery.slot;
  post.root = post.number;
  post.author = delivery.slot % 1'000;
  post.occurred_at = delivery.observed_at;
  post.text.seed = delivery.slot;
  Delivery create = delivery;
  create.kind = Delivery::Kind::kCreate;
  tell_post(post, create, record);
  std::string& out = record.value;
  const auto replace = [&out](std::string_view from, std::string_view to) {
    out.replace(out.find(from), from.size(), to);
  };
  switch (delivery.broken) {
    case Broken::kTruncated:
      out.resize(out.size() / 2);
      break;
    case Broken::kNotJson:
      out = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
      break;
    case Broken::kNotUtf8:
      replace("\"text\":\"", "\"text\":\"\xc3\x28 \xff ");
      record.is_utf8 = false;
      break;
    case Broken::kNoTime:
      replace("\"occurred_at\"", "\"created\"");
      break;
    case Broken::kNoEventId:
      replace("\"event_id\"", "\"id\"");
      break;
    case Broken::kBadTime:
      replace("\"occurred_at\":\"", "\"occurred_at\":\"yesterday ");
      break;
    case Broken::kUnknownType:
      replace("\"type\":\"mention\"", "\"type\":\"mystery\"");
      break;
    case Broken::kOversized:
      replace("\"text\":\"", "\"text\":\"" + std::string(base::limits::kItemBytes, 'o'));
      break;
    case Broken::kBadAmount:
    case Broken::kBadCurrency: {
      Deal deal;
      deal.brand = 0;
      deal.number = 9'000'000'000 + delivery.slot;
      deal.occurred_at = delivery.observed_at;
      deal.amount_micros = 12'500'000;
      deal.currency = *money::parse_currency("EUR");
      tell_deal(deal, delivery, record);
      if (delivery.broken == Broken::kBadAmount) {
        replace("\"12.50\"", "\"12,50\"");
      } else {
        replace("\"EUR\"", "\"EURO\"");
      }
      break;
    }
  }
}

}  // namespace kaiku::generate
