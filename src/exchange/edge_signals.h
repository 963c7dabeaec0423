// How the signals of an item travel on the exchange: terms and subjects over the dictionary.
//
// Threads: pure.
// Owns:    nothing.
// Cost:    some 10 bytes per term.
// Fails:   the reader is failed on anything but a well-formed part.
// Format:  flags u8 (1 cut, 2 an address stands behind the risks, as bytes), terms u8, risks u8,
//          per term hash u64 and text, per risk kind u8, hash u64, subject, brand; texts as numbers
//          in the dictionary.
#pragma once

#include "kaiku/base/bytes.h"
#include "kaiku/model/signal_part.h"

#include "exchange/edge_dictionary.h"

namespace kaiku::exchange {

void read_signals(base::ByteReader& in, const Dictionary& dictionary, model::SignalPart& part);

// `index_of` gives a text its number in the dictionary.
template <typename IndexOf>
void write_signals(base::ByteWriter& out, const model::SignalPart& part, const IndexOf& index_of) {
  constexpr unsigned kCut = 1;
  constexpr unsigned kHasUrl = 2;
  out.u8(static_cast<uint8_t>((part.cut ? kCut : 0U) | (part.url.empty() ? 0U : kHasUrl)));
  out.u8(part.term_count);
  out.u8(part.risk_count);
  for (size_t i = 0; i < part.term_count; ++i) {
    out.u64(part.terms[i].hash);
    out.varint(index_of(part.terms[i].text));
  }
  for (size_t i = 0; i < part.risk_count; ++i) {
    const model::SignalRisk& risk = part.risks[i];
    out.u8(static_cast<uint8_t>(risk.risk));
    out.u64(risk.hash);
    out.varint(index_of(risk.subject));
    out.varint(index_of(risk.brand));
  }
  if (!part.url.empty()) {
    out.bytes(part.url);
  }
}

}  // namespace kaiku::exchange
