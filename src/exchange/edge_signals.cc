#include "exchange/edge_signals.h"

namespace kaiku::exchange {

void read_signals(base::ByteReader& in, const Dictionary& dictionary, model::SignalPart& part) {
  part.clear();
  const uint8_t flags = in.u8();
  const uint8_t terms = in.u8();
  const uint8_t risks = in.u8();
  constexpr uint8_t kCut = 1;
  constexpr uint8_t kHasUrl = 2;
  if (flags > (kCut | kHasUrl) || terms > model::kTermsPerItem || risks > model::kRisksPerItem) {
    in.fail();
    return;
  }
  part.cut = (flags & kCut) != 0;
  for (part.term_count = 0; part.term_count < terms; ++part.term_count) {
    model::SignalTerm& term = part.terms[part.term_count];
    term.hash = in.u64();
    term.text = dictionary.at(in);
    if (term.text.size() > model::kTermBytes) {
      in.fail();
    }
  }
  for (part.risk_count = 0; part.risk_count < risks; ++part.risk_count) {
    model::SignalRisk& risk = part.risks[part.risk_count];
    risk.risk = in.enumeration(model::Risk::kOtherHost);
    risk.hash = in.u64();
    risk.subject = dictionary.at(in);
    risk.brand = dictionary.at(in);
    if (risk.subject.size() > model::kSubjectBytes) {
      in.fail();
    }
  }
  if ((flags & kHasUrl) != 0) {
    part.url = in.bytes();
    if (part.url.empty()) {
      in.fail();
    }
  }
}

}  // namespace kaiku::exchange
