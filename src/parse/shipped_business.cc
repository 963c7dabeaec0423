#include "shipped.h"

namespace kaiku::parse {
namespace {

// An order as webhooks send it, {"order": ...} or {"orders": [...]}. Updates send the whole order
// again: updated_at is the version. A cancelled order cancels itself.
Mapping shopify_order() {
  Mapping mapping = recipe(
      "shopify_order",
      {{"event_id", {joined({"order/", "/id", ":", "/updated_at"})}},
       {"type", {constant("business_event")}},
       {"channel", {constant("web")}},
       {"native_id", {joined({"order/", "/id"})}},
       {"native_version", {path("/updated_at")}},
       {"occurred_at",
        {time("/cancelled_at", TimeFormat::kRfc3339), time("/created_at", TimeFormat::kRfc3339)}},
       {"observed_at", {time("/updated_at", TimeFormat::kRfc3339)}},
       {"kind", {exists("/cancelled_at", "cancellation", "order")}},
       {"business_id", {path("/id")}},
       {"relates_to", {only_if(path("/id"), is_there("/cancelled_at"))}},
       {"amount", {path("/total_price")}},
       {"currency", {path("/currency")}},
       {"customer_key", {path("/customer/id"), path("/email")}},
       {"touch.channel", {path("/source_name")}},
       {"touch.campaign_id", {path("/landing_site_ref")}},
       {"touch.coupon", {path("/discount_codes/0/code")}},
       {"test", {path("/test")}}});
  mapping.items = "/orders";
  mapping.items_alternatives = {"/order"};
  mapping.items_optional = true;
  return mapping;
}

// The money of a refund is in its transactions, each an item. The refund says when; the amount is
// positive, as the record has it.
Mapping shopify_refund() {
  Mapping mapping =
      recipe("shopify_refund",
             {{"event_id", {joined({"refund/", "/id"})}},
              {"type", {constant("business_event")}},
              {"channel", {constant("web")}},
              {"native_id", {joined({"refund/", "/id"})}},
              {"occurred_at",
               {time("//refund/created_at", TimeFormat::kRfc3339),
                time("//created_at", TimeFormat::kRfc3339),
                time("/created_at", TimeFormat::kRfc3339)}},
              {"kind", {constant("refund")}},
              {"business_id", {path("/id")}},
              {"relates_to", {path("/order_id"), path("//refund/order_id"), path("//order_id")}},
              {"amount", {path("/amount")}},
              {"currency", {path("/currency")}},
              {"test", {path("/test")}}});
  mapping.items = "/transactions";
  mapping.items_alternatives = {"/refund/transactions"};
  mapping.when = {is("/kind", {"refund"}), is("/status", {"success"})};
  return mapping;
}

// What a charge and a refund of Stripe share. Minor units; the currency is in lower case.
std::vector<Mapping> stripe() {
  Mapping charge =
      recipe("stripe_charge",
             {{"event_id", {path("//id")}},
              {"type", {constant("business_event")}},
              {"channel", {constant("web")}},
              {"native_id", {path("/id")}},
              {"occurred_at", {time("/created", TimeFormat::kUnixSeconds)}},
              {"kind", {constant("order")}},
              {"business_id", {path("/id")}},
              {"amount_minor", {path("/amount")}},
              {"currency", {path("/currency")}},
              {"customer_key",
               {path("/customer"), path("/billing_details/email"), path("/receipt_email")}},
              {"test", {mapped("/livemode", {{"true", "false"}, {"false", "true"}})}}});
  charge.items = "/data/object";
  charge.items_optional = true;
  charge.when = {is("/object", {"charge"}), is("/paid", {"true"})};

  Mapping refund =
      recipe("stripe_refund",
             {{"event_id", {path("//id")}},
              {"type", {constant("business_event")}},
              {"channel", {constant("web")}},
              {"native_id", {path("/id")}},
              {"occurred_at", {time("/created", TimeFormat::kUnixSeconds)}},
              {"kind", {constant("refund")}},
              {"business_id", {path("/id")}},
              {"relates_to", {path("/charge")}},
              {"amount_minor", {path("/amount")}},
              {"currency", {path("/currency")}},
              {"test", {mapped("//livemode", {{"true", "false"}, {"false", "true"}})}}});
  refund.items = "/data/object";
  refund.items_optional = true;
  refund.when = {is("/object", {"refund"}), is("/status", {"succeeded"})};
  return {std::move(charge), std::move(refund)};
}

}  // namespace

std::vector<Mapping> business_mappings() {
  std::vector<Mapping> all = stripe();
  all.push_back(shopify_order());
  all.push_back(shopify_refund());
  return all;
}

}  // namespace kaiku::parse
