// What a parser gave for one record, kept for the expectations of a test.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/parse/parser.h"

namespace kaiku::parse {

// Views die with the sink call: every text of an item is copied, and the item points to the copies.
class Collected final : public ItemSink {
 public:
  void on_item(const model::Item& item) override {
    model::Item kept = item;
    for (auto text : kTexts) {
      kept.*text = texts_.emplace_back(item.*text);
    }
    items.push_back(kept);
  }

  void on_reject(const Reject& reject) override {
    rejects.push_back({reject.error,
                       texts_.emplace_back(reject.code),
                       texts_.emplace_back(reject.field),
                       texts_.emplace_back(reject.message)});
  }

  void on_ignored() override { ++ignored; }

  [[nodiscard]] size_t calls() const { return items.size() + rejects.size() + ignored; }

  std::vector<model::Item> items;
  std::vector<Reject> rejects;
  size_t ignored = 0;

 private:
  using I = model::Item;
  static constexpr std::string_view model::Item::*kTexts[] = {&I::event_id,
                                                              &I::source,
                                                              &I::channel,
                                                              &I::brand,
                                                              &I::native_id,
                                                              &I::native_version,
                                                              &I::supersedes,
                                                              &I::author_id,
                                                              &I::author_handle,
                                                              &I::text,
                                                              &I::title,
                                                              &I::lang,
                                                              &I::url,
                                                              &I::conversation_id,
                                                              &I::in_reply_to,
                                                              &I::relates_to,
                                                              &I::campaign_id,
                                                              &I::customer_key,
                                                              &I::sentiment_model,
                                                              &I::business_id,
                                                              &I::severity,
                                                              &I::status,
                                                              &I::ticket_id,
                                                              &I::product,
                                                              &I::touch_channel,
                                                              &I::touch_campaign_id,
                                                              &I::touch_click_id,
                                                              &I::touch_coupon};
  std::deque<std::string> texts_;
};

inline std::shared_ptr<const Mapping> canonical() {
  return shipped_mapping("canonical");
}

inline std::unique_ptr<Collected> parse_one(std::shared_ptr<const Mapping> mapping,
                                            std::string_view value,
                                            base::EventTime kafka_time = 0) {
  auto collected = std::make_unique<Collected>();
  Parser parser(std::move(mapping));
  parser.parse(value, kafka_time, *collected);
  return collected;
}

}  // namespace kaiku::parse
