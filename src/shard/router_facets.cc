// What a router finds an item to count for beside its brands: its campaign, topics of its text,
// product and aspect; and the fingerprint of what the brand itself posts.
#include <algorithm>

#include "kaiku/shard/router.h"

namespace kaiku::shard {
namespace {

using model::Item;
using model::ItemMessage;
using model::ItemType;

constexpr std::string_view kOtherLabel = "_other";
constexpr std::string_view kNoLabel = "_none";

std::string_view label_of(std::string_view label, const std::set<std::string, std::less<>>& known) {
  if (label.empty()) {
    return kNoLabel;
  }
  return known.contains(label) ? label : kOtherLabel;
}

bool is_by_people_of_brand(const ItemMessage& message) {
  return message.author_role == model::AuthorRole::kBrand ||
         message.author_role == model::AuthorRole::kStaff;
}

}  // namespace

void Router::add_facet(std::string_view facet, ItemMessage& message) const {
  const size_t count = message.brand_count;
  if (count >= message.brands.size()) {
    message.brands_truncated = true;
    return;
  }
  message.brands[count] = facet;
  ++message.brand_count;
}

std::string& Router::new_name() {
  std::string& name = names_[std::min(names_used_, names_.size() - 1)];
  ++names_used_;
  name.clear();
  return name;
}

void Router::find_facets(const Item& item, ItemMessage& message) {
  const FacetPlan& plan = *plan_.facets;
  const size_t brands = message.brand_count;
  names_used_ = 0;
  for (const std::string_view id : {item.campaign_id, item.touch_campaign_id}) {
    const auto campaign = plan.campaigns.find(id);
    if (campaign != plan.campaigns.end()) {
      add_facet(campaign->second, message);
      break;
    }
  }
  if (item.type == ItemType::kBusinessEvent || message.op != model::Op::kCreate ||
      message.visibility == model::Visibility::kInternalNote) {
    return;
  }
  find_topics(item, brands, message);
  find_feedback(item, brands, message);
  find_content(item, message);
}

void Router::find_topics(const Item& item, size_t brands, ItemMessage& message) {
  const FacetPlan& plan = *plan_.facets;
  if (plan.topics == nullptr || tools_.topic_scratch == nullptr ||
      item.type != ItemType::kMention) {
    return;
  }
  match::BrandSet found;
  plan.topics->match(item.title, *tools_.topic_scratch, found);
  plan.topics->match(item.text, *tools_.topic_scratch, found);
  message.brands_truncated = message.brands_truncated || found.truncated;
  for (size_t topic = 0; topic < found.count; ++topic) {
    for (size_t brand = 0; brand < brands; ++brand) {
      if (names_used_ == names_.size()) {
        message.brands_truncated = true;
        return;
      }
      std::string& name = new_name();
      name.push_back(exchange::kTopicMark);
      name.append(found.ids[topic]).push_back(exchange::kPlaceSeparator);
      name.append(message.brands[brand]);
      add_facet(name, message);
    }
  }
}

void Router::find_feedback(const Item& item, size_t brands, ItemMessage& message) {
  const FacetPlan& plan = *plan_.facets;
  if (!plan.feedback || (item.product.empty() && item.aspect.empty()) ||
      is_by_people_of_brand(message)) {
    return;
  }
  for (size_t brand = 0; brand < brands; ++brand) {
    if (names_used_ == names_.size()) {
      message.brands_truncated = true;
      return;
    }
    std::string& name = new_name();
    name.push_back(exchange::kFeedbackMark);
    name.append(message.brands[brand]).push_back(exchange::kPlaceSeparator);
    name.append(label_of(item.product, plan.products)).push_back(exchange::kPlaceSeparator);
    name.append(label_of(item.aspect, plan.aspects));
    add_facet(name, message);
  }
}

// Answers and reposts are no contents of their own.
void Router::find_content(const Item& item, ItemMessage& message) {
  const bool is_post = message.relation == model::Relation::kOriginal ||
                       message.relation == model::Relation::kCrosspost;
  if (!plan_.facets->content_reuse || !is_by_people_of_brand(message) || !is_post ||
      item.type != ItemType::kMention || message.visibility != model::Visibility::kPublic) {
    return;
  }
  if (const auto content = fingerprint_.of(plan_.key, item.title, item.text)) {
    message.has_content = true;
    message.content = *content;
  }
}

}  // namespace kaiku::shard
