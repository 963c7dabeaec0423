// What a router finds an item to be at the keys it carries: a touch, and of a customer who asks
// something an opening.
#include "kaiku/shard/router.h"

namespace kaiku::shard {
namespace {

using model::Item;
using model::ItemMessage;

bool is_question(const ItemMessage& message) {
  return (message.type == model::ItemType::kBugReport ||
          message.type == model::ItemType::kSupportMessage) &&
         message.op == model::Op::kCreate && message.relation == model::Relation::kOriginal;
}

}  // namespace

// What meets orders: all that people say and do, and the orders. Money that moves later names its
// order.
void Router::find_keys(const Item& item, ItemMessage& message) {
  using model::BusinessKind;
  using model::KeyKind;
  const bool is_business = item.type == model::ItemType::kBusinessEvent;
  const bool is_met = !is_business || item.kind == BusinessKind::kOrder ||
                      item.kind == BusinessKind::kVisit || item.kind == BusinessKind::kLead;
  if (!is_met || item.op == model::Op::kMetrics) {
    return;
  }
  keys_.carried = 0;
  const auto add = [&](KeyKind kind, std::string_view text) {
    if (!text.empty() && plan_.journeys->follows(kind)) {
      keys_.add(kind, journey_key(plan_.key, kind, text));
    }
  };
  add(KeyKind::kCustomer, item.customer_key);
  add(KeyKind::kClick, item.touch_click_id);
  add(KeyKind::kCoupon, item.touch_coupon);
  add(KeyKind::kCampaign, item.campaign_id.empty() ? item.touch_campaign_id : item.campaign_id);
  const bool names_touch = is_business && !item.touch_channel.empty();
  keys_.touch_channel =
      names_touch ? plan_.channels->id_of(item.touch_channel, folded_touch_) : std::string_view();
  if (keys_.carried != 0 || names_touch) {
    message.keys = &keys_;
  }
}

// Plain mentions are no questions, and cost nothing here.
void Router::find_opening(const Item& item, ItemMessage& message) {
  if (!is_question(message) || !message.is_inbound() || message.keys == nullptr ||
      !message.keys->has(model::KeyKind::kCustomer) || !item.in_reply_to.empty()) {
    return;
  }
  const std::string_view root =
      item.conversation_id.empty() ? item.ticket_id : item.conversation_id;
  opening_.conversation =
      root.empty() ? message.item : plan_.key.digest({"native", message.channel, root});
  const auto sketch = sketcher_.of(item.title, item.text);
  opening_.has_sketch = sketch.has_value();
  opening_.sketch = sketch.value_or(model::TextSketch{});
  message.opening = &opening_;
}

}  // namespace kaiku::shard
