// Teller writes the JSON of a record from the fact it tells of: the same fact gives the same bytes.
//
// Threads: confined to its user.
// Owns:    its scratch text.
// Cost:    about a microsecond a record.
// Fails:   never.
// Format:  canonical events.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/prng.h"
#include "kaiku/generate/record.h"
#include "kaiku/generate/workload.h"

#include "generate/fact.h"

namespace kaiku::generate {

class Teller {
 public:
  Teller(const std::vector<Brand>& brands, const std::vector<Planted>& planted)
      : brands_(brands), planted_(planted) {}

  void tell_post(const Post& post, const Delivery& delivery, Record& record);
  void tell_deal(const Deal& deal, const Delivery& delivery, Record& record);
  void tell_broken(const Delivery& delivery, Record& record);
  void tell_unknown(const Delivery& delivery, Record& record);

  // The text of a post, without what an edit adds.
  void make_text(const TextPlan& plan, std::string& out) const;

 private:
  void open(const Post& post, const Delivery& delivery, std::string& out);
  void add_times(base::EventTime occurred_at, base::EventTime observed_at, std::string& out);
  void add_body(const Post& post, const Delivery& delivery, std::string& out);
  [[nodiscard]] static bool names_thread(const Post& post, const Delivery& delivery);
  void add_support(const Post& post, const Delivery& delivery, std::string& out);
  static void add_touch(const Deal& deal, std::string& out);
  void add_time(std::string_view name, base::EventTime time, std::string& out);
  void add_amount(const Deal& deal, std::string& out) const;
  void add_mention(uint16_t brand, base::Prng& prng, std::string& out) const;
  void add_phrase(std::string_view phrase,
                  uint16_t brand,
                  base::Prng& prng,
                  std::string& out) const;

  const std::vector<Brand>& brands_;
  const std::vector<Planted>& planted_;
  std::string text_;
  int32_t day_ = -1;  // of date_
  std::string date_;
};

}  // namespace kaiku::generate
