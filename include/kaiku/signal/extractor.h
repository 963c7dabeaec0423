// Extractor: what an item says to signals. Terms are the hashtags and words of a public text; risks
// are rules over handle, links, phrases and numbers. A pure function of plan and item.
//
// Threads: confined to its router.
// Owns:    its buffers: the part it fills points into them until the next call.
// Cost:    a pass over the text, 20 ns per term; per handle and host some 5 ns for each official
//          one, and 20 ns per word for confidential phrases where there are any; one more pass for
//          personal data where the plan asks for it.
// Fails:   never. More than kTermsPerItem terms or kRisksPerItem risks are cut.
//
// A term is a hashtag, or a word of four letters to kTermBytes bytes without digits that is no stop
// word. Addresses, accounts and mail addresses are none, nor is a hashtag that holds personal
// data. Texts that are not public give no terms: what people say in confidence is not counted by
// words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/model/item.h"
#include "kaiku/model/message.h"
#include "kaiku/model/signal_part.h"
#include "kaiku/signal/signal_plan.h"
#include "kaiku/text/normalize.h"

namespace kaiku::signal {

class Extractor {
 public:
  Extractor(const SignalPlan& plan, const base::HashKey& key);

  // `message` has channel, visibility and role already.
  void extract(const model::Item& item, const model::ItemMessage& message, model::SignalPart& part);

 private:
  // An official handle, ready to be compared.
  struct Official {
    std::string handle;
    std::string skeleton;
    std::string_view brand;
    uint64_t letters = 0;
  };

  [[nodiscard]] std::string_view keep(std::string_view text);
  void find_terms(std::string_view folded, model::SignalPart& part);
  void find_impersonation(const model::Item& item, model::SignalPart& part);
  void find_links(const model::Item& item, model::SignalPart& part);
  void find_phrases(std::string_view folded,
                    const model::ItemMessage& message,
                    model::SignalPart& part);
  void find_personal_data(std::string_view folded, model::SignalPart& part);

  const SignalPlan& plan_;
  base::HashKey key_;
  std::vector<Official> officials_;
  text::Normalizer normalizer_;
  std::string folded_;
  std::string kept_;  // texts of the part; never grows while it is filled
  std::vector<std::string_view> words_;
};

// The digest under which a phrase of one to three words stands in `signals.confidential`. False if
// it has none or more.
[[nodiscard]] bool digest_of_phrase(std::string_view phrase,
                                    const base::HashKey& key,
                                    base::Digest& digest);

// Common words of English, Finnish and Swedish, folded.
[[nodiscard]] bool is_stop_word(std::string_view folded);

}  // namespace kaiku::signal
