#include "kaiku/signal/extractor.h"

#include <algorithm>
#include <bit>

#include "kaiku/signal/look_alike.h"
#include "kaiku/text/utf8.h"

#include "signal/code_points.h"
#include "signal/personal_data.h"

namespace kaiku::signal {
namespace {

using model::Item;
using model::ItemMessage;
using model::Risk;
using model::SignalPart;

constexpr size_t kLettersLeast = 4;
constexpr size_t kPhraseWords = 3;

// A bit per byte value modulo 64: names few edits apart differ in few bits.
uint64_t letters_of(std::string_view text) {
  uint64_t letters = 0;
  for (const char c : text) {
    letters |= uint64_t{1} << (static_cast<unsigned char>(c) & 63U);
  }
  return letters;
}

bool is_blank(char c) {
  return static_cast<unsigned char>(c) <= ' ';
}

// Calls `visit` with each run without blanks.
template <typename Visit>
void each_run(std::string_view text, const Visit& visit) {
  for (size_t at = 0; at < text.size();) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < text.size() && !is_blank(text[end])) {
      ++end;
    }
    visit(text.substr(at, end - at));
    at = end;
  }
}

struct Word {
  std::string_view text;
  size_t letters = 0;
  bool has_digit = false;
  bool is_tag = false;
};

// Calls `visit` with each word of a run; a hashtag is a word that follows a '#' alone.
template <typename Visit>
void each_word(std::string_view run, const Visit& visit) {
  char before = ' ';
  for (size_t at = 0; at < run.size();) {
    const size_t begin = at;
    const uint32_t first = next_code_point(run, at);
    if (!is_word_code_point(first)) {
      before = first < 0x80 ? static_cast<char>(first) : ' ';
      continue;
    }
    Word word;
    word.is_tag = before == '#';
    size_t end = begin;
    for (at = begin; at < run.size(); end = at) {
      const uint32_t c = next_code_point(run, at);
      if (!is_word_code_point(c)) {
        break;
      }
      ++word.letters;
      word.has_digit = word.has_digit || (c >= '0' && c <= '9');
    }
    at = end;
    word.text = run.substr(begin, end - begin);
    before = ' ';
    visit(word);
  }
}

bool is_address(std::string_view run) {
  return run.find("://") != std::string_view::npos || run.find('@') != std::string_view::npos ||
         run.substr(0, 4) == "www.";
}

}  // namespace

Extractor::Extractor(const SignalPlan& plan, const base::HashKey& key) : plan_(plan), key_(key) {
  for (const OfficialHandle& official : plan.handles) {
    officials_.push_back({official.handle,
                          skeleton_of(official.handle),
                          official.brand,
                          letters_of(official.handle)});
  }
  kept_.reserve(model::kTermsPerItem * (model::kTermBytes + 1) +
                model::kRisksPerItem * model::kSubjectBytes);
}

// A copy that lives until the next item. There is room for all that a part can hold.
std::string_view Extractor::keep(std::string_view text) {
  if (kept_.size() + text.size() > kept_.capacity()) {
    return {};
  }
  const size_t at = kept_.size();
  kept_ += text;
  return std::string_view(kept_).substr(at);
}

void Extractor::extract(const Item& item, const ItemMessage& message, SignalPart& part) {
  part.clear();
  kept_.clear();
  const bool by_brand = message.is_by_brand();
  if (!by_brand) {
    find_impersonation(item, part);
    if (message.relation == model::Relation::kReply) {
      find_links(item, part);
    }
  }
  const bool is_public = message.visibility == model::Visibility::kPublic;
  const bool wants_terms = is_public && message.relation == model::Relation::kOriginal && !by_brand;
  const bool wants_phrases =
      is_public && !plan_.confidential.empty() && message.author_role != model::AuthorRole::kBrand;
  const bool wants_data = is_public && plan_.personal_data;
  if (!wants_terms && !wants_phrases && !wants_data) {
    return;
  }
  words_.clear();
  folded_.assign(item.title);
  folded_ += '\n';
  folded_ += item.text;
  const std::string_view folded = normalizer_.normalize(folded_);
  if (wants_terms) {
    find_terms(folded, part);
  }
  if (wants_phrases) {
    find_phrases(folded, message, part);
  }
  if (wants_data) {
    find_personal_data(folded, part);
  }
}

void Extractor::find_terms(std::string_view folded, SignalPart& part) {
  each_run(folded, [&](std::string_view run) {
    if (is_address(run)) {
      return;
    }
    each_word(run, [&](const Word& word) {
      const bool is_word = word.letters >= kLettersLeast && !word.has_digit;
      if (word.text.size() + 1 > model::kTermBytes || (!word.is_tag && !is_word) ||
          (!word.is_tag && is_stop_word(word.text)) ||
          plan_.no_terms.find(word.text) != plan_.no_terms.end() ||
          (word.has_digit && personal_data_in(word.text).any())) {
        return;
      }
      std::string term = word.is_tag ? "#" : "";
      term += word.text;
      const uint64_t hash = key_.digest({"term", term}).lo;
      const auto known =
          std::find_if(part.terms.begin(),
                       part.terms.begin() + part.term_count,
                       [hash](const model::SignalTerm& one) { return one.hash == hash; });
      if (known == part.terms.begin() + part.term_count) {
        (void)part.add_term(
            {hash, part.term_count < model::kTermsPerItem ? keep(term) : std::string_view()});
      }
    });
  });
}

void Extractor::find_impersonation(const Item& item, SignalPart& part) {
  std::string_view raw = item.author_handle;
  if (!raw.empty() && raw.front() == '@') {
    raw.remove_prefix(1);
  }
  if (raw.empty() || raw.size() > model::kSubjectBytes || officials_.empty()) {
    return;
  }
  const std::string handle(normalizer_.normalize(raw));
  const auto is_official = [&](const Official& one) { return one.handle == handle; };
  if (std::any_of(officials_.begin(), officials_.end(), is_official) ||
      plan_.known_handles.find(handle) != plan_.known_handles.end()) {
    return;
  }
  const uint64_t letters = letters_of(handle);
  const std::string skeleton = skeleton_of(handle);
  for (const Official& official : officials_) {
    // Two edits change four letters of the two at most.
    const bool may_be_near = std::popcount(letters ^ official.letters) <= 4;
    const bool is_near = may_be_near && looks_like(handle, official.handle);
    if (is_near || skeleton == official.skeleton) {
      const std::string_view subject = text::cut_utf8(handle, model::kSubjectBytes);
      (void)part.add_risk(
          {Risk::kImpersonation,
           key_.digest({"subject", subject}).lo,
           part.risk_count < model::kRisksPerItem ? keep(subject) : std::string_view(),
           official.brand});
    }
  }
}

void Extractor::find_links(const Item& item, SignalPart& part) {
  for (size_t at = 0; at < item.text.size();) {
    const std::string host = next_host(item.text, at);
    if (host.empty() || host.size() > model::kSubjectBytes * 4) {
      continue;
    }
    const auto own = [&](const std::string& official) { return is_of(host, official); };
    if (std::any_of(plan_.hosts.begin(), plan_.hosts.end(), own)) {
      continue;
    }
    const std::string folded(normalizer_.normalize(host));
    const auto like = [&](const std::string& official) { return imitates(folded, official); };
    const bool is_alike = std::any_of(plan_.hosts.begin(), plan_.hosts.end(), like);
    const bool is_hidden = plan_.shorteners.find(folded) != plan_.shorteners.end();
    if (!is_alike && !is_hidden && !plan_.new_hosts) {
      continue;
    }
    const std::string_view subject = text::cut_utf8(folded, model::kSubjectBytes);
    (void)part.add_risk(
        {is_alike    ? Risk::kPhishingLookalike
         : is_hidden ? Risk::kPhishingShortener
                     : Risk::kOtherHost,
         key_.digest({"subject", subject}).lo,
         part.risk_count < model::kRisksPerItem ? keep(subject) : std::string_view(),
         {}});
  }
}

void Extractor::find_phrases(std::string_view folded,
                             const ItemMessage& message,
                             SignalPart& part) {
  const Risk risk = message.author_role == model::AuthorRole::kStaff ? Risk::kConfidentialByStaff
                                                                     : Risk::kConfidential;
  each_word(folded, [&](const Word& word) { words_.push_back(word.text); });
  std::string phrase;
  for (size_t begin = 0; begin < words_.size(); ++begin) {
    phrase.clear();
    for (size_t i = 0; i < kPhraseWords && begin + i < words_.size(); ++i) {
      phrase += i == 0 ? "" : " ";
      phrase += words_[begin + i];
      const auto found = plan_.confidential.find(key_.digest({"phrase", phrase}));
      if (found != plan_.confidential.end()) {
        (void)part.add_risk({risk, key_.digest({"subject", found->second}).lo, found->second, {}});
      }
    }
  }
}

// The kind is all that is said of a number.
void Extractor::find_personal_data(std::string_view folded, SignalPart& part) {
  const auto found = personal_data_in(folded);
  for (size_t kind = 0; kind < found.size(); ++kind) {
    if (found.test(kind)) {
      const std::string_view name = name_of(static_cast<PersonalData>(kind));
      (void)part.add_risk({Risk::kPersonalData, key_.digest({"subject", name}).lo, name, {}});
    }
  }
}

bool digest_of_phrase(std::string_view phrase, const base::HashKey& key, base::Digest& digest) {
  text::Normalizer normalizer;
  std::string words;
  size_t count = 0;
  each_word(normalizer.normalize(phrase), [&](const Word& word) {
    words += count == 0 ? "" : " ";
    words += word.text;
    ++count;
  });
  if (count == 0 || count > kPhraseWords) {
    return false;
  }
  digest = key.digest({"phrase", words});
  return true;
}

}  // namespace kaiku::signal
