#include <algorithm>
#include <array>

#include "kaiku/signal/extractor.h"

namespace kaiku::signal {
namespace {

// Four letters and more: shorter ones are no terms anyway. Sorted.
constexpr std::array<std::string_view, 176> kWords = {
    "about",  "after",   "again",  "aina",     "aivan",   "alla",   "also",    "alltid",  "always",
    "andra",  "been",    "before", "being",    "better",  "bara",   "blev",    "bli",     "cannot",
    "could",  "dessa",   "detta",  "didn",     "does",    "doesn",  "doing",   "done",    "down",
    "eikä",   "eivät",   "eller",  "emme",     "enemmän", "ennen",  "että",    "ettei",   "even",
    "ever",   "every",   "finns",  "fick",     "från",    "from",   "getting", "going",   "good",
    "hade",   "have",    "having", "here",     "heidän",  "heitä",  "hän",     "hänen",   "ihan",
    "ilman",  "inte",    "into",   "itse",     "jonka",   "joka",   "joku",    "jopa",    "jossa",
    "jotka",  "joten",   "just",   "kaikki",   "kanssa",  "kerran", "know",    "koko",    "koska",
    "kuin",   "kuka",    "kuten",  "kyllä",    "like",    "little", "lisää",   "made",    "make",
    "many",   "meidän",  "meillä", "menee",    "mera",    "miksi",  "mikä",    "minulla", "minun",
    "minä",   "missä",   "mitä",   "more",     "most",    "much",   "mukaan",  "muta",    "mutta",
    "mycket", "myös",    "need",   "never",    "niiden",  "niin",   "niitä",   "noin",    "nyt",
    "någon",  "något",   "näin",   "nämä",     "också",   "olemme", "olen",    "olet",    "oletko",
    "olette", "olin",    "olisi",  "olla",     "ollut",   "once",   "only",    "onko",    "other",
    "over",   "ovat",    "paljon", "people",   "please",  "really", "said",    "same",    "samma",
    "sekä",   "siellä",  "sillä",  "siinä",    "sitten",  "sitä",   "should",  "some",    "still",
    "such",   "suoraan", "take",   "tarvitse", "tein",    "than",   "that",    "their",   "them",
    "then",   "there",   "these",  "they",     "thing",   "think",  "this",    "those",   "tuli",
    "tulee",  "tällä",   "tämä",   "tätä",     "under",   "vaan",   "vain",    "varit",   "very",
    "vielä",  "voi",     "want",   "were",     "with"};

}  // namespace

bool is_stop_word(std::string_view folded) {
  static const auto sorted = [] {
    auto words = kWords;
    std::sort(words.begin(), words.end());
    return words;
  }();
  return std::binary_search(sorted.begin(), sorted.end(), folded);
}

}  // namespace kaiku::signal
