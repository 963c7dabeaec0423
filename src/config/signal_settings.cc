#include "config/signal_settings.h"

#include "kaiku/base/event_time.h"

namespace kaiku::config {

std::vector<Setting> signal_settings() {
  using base::kDay;
  constexpr int64_t kCountMost = 1'000'000;
  return {
      {.path = "signals",
       .type = Type::kSection,
       .help = "What stands out, and what is a risk: bursts of terms and hashtags, weak signals, "
               "spikes of volume, drops of sentiment, accounts and links that pose as the brand's, "
               "confidential phrases, personal data in public, sources that fell silent."},
      {.path = "signals.follow",
       .type = Type::kBoolean,
       .fallback = "false",
       .help = "Whether they are looked for. Alerts go to the alerts topic. A few words of public "
               "texts leave the router then, and are kept: see Signals above."},
      {.path = "signals.season",
       .type = Type::kChoice,
       .fallback = "day",
       .choices = "day|week",
       .help = "What an hour is compared with: the same hour of earlier days, or of the same day "
               "of earlier weeks."},
      {.path = "signals.authors",
       .type = Type::kInteger,
       .fallback = "5",
       .least = 1,
       .most = 16,
       .help = "So many authors at least have to use a term in a window."},
      {.path = "signals.alerts_per_day",
       .type = Type::kInteger,
       .fallback = "20",
       .least = 0,
       .most = kCountMost,
       .help = "Alerts of one brand, day and severity that are told one by one; of the rest the "
               "digest of their hour tells. Those of deadlines have as much beside it, with or "
               "without `follow`."},
      {.path = "signals.no_terms",
       .type = Type::kTextList,
       .help = "Words and hashtags that are never terms, besides stop words and the aliases of "
               "brands."},
      {.path = "signals.known_handles",
       .type = Type::kTextList,
       .help = "Accounts that look like a brand's own and may: of a country, of a shop."},
      {.path = "signals.hosts",
       .type = Type::kTextList,
       .help = "Hosts of the brands' own sites, `kirkas.fi`: links to these and what is below them "
               "are good, links that look like them are not."},
      {.path = "signals.shorteners",
       .type = Type::kTextList,
       .help = "Hosts whose links hide where they go; a reply with one is a risk.",
       .fallback_help = "`bit.ly`, `cutt.ly`, `is.gd`, `ow.ly`, `rb.gy`, `rebrand.ly`, `s.id`, "
                        "`shorturl.at`, `tiny.cc`, `tinyurl.com`"},
      {.path = "signals.new_hosts",
       .type = Type::kBoolean,
       .fallback = "false",
       .help = "Whether a reply with a link to a host is a risk on the first day on which anybody "
               "linked to that host, once a brand is known for three days."},
      {.path = "signals.confidential",
       .type = Type::kTextList,
       .help = "Phrases that must not be said, as `NAME HASH`: `kaiku phrase` makes the hash of "
               "one to three words, so that the file gives nothing away. They need `key_file`."},
      {.path = "signals.personal_data",
       .type = Type::kBoolean,
       .fallback = "false",
       .help = "Whether public texts are searched for account numbers (IBAN), numbers of payment "
               "cards and Finnish personal identity codes. An alert says which of these, never the "
               "number."},
  };
}

}  // namespace kaiku::config
