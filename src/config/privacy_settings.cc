#include "config/privacy_settings.h"

namespace kaiku::config {

std::vector<Setting> privacy_settings() {
  return {
      {.path = "privacy",
       .type = Type::kSection,
       .help = "What may not leave, and who can be forgotten."},
      {.path = "privacy.min_cell",
       .type = Type::kInteger,
       .least = 2,
       .most = 1'000,
       .help = "Figures about fewer people than this are withheld, and those from which they could "
               "be computed. Every channel is `restricted` then, nothing is published early, and "
               "there is one window.",
       .fallback_help = "no figure is withheld"},
      {.path = "privacy.erase_subjects",
       .type = Type::kBoolean,
       .fallback = "false",
       .help = "A `control` item of kind `erase_subject` makes the pipeline forget its author and "
               "customer, and a receipt says what was forgotten."},
  };
}

}  // namespace kaiku::config
