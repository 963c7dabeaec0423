// The messages of the key and verdict levels as bytes of an edge record, and the keys of an item.
//
// Threads: pure functions.
// Owns:    nothing; what is read points into the record.
// Cost:    some 50 bytes a message, 25 per entry of an answer.
// Fails:   what is not well-formed fails the reader.
// Format:  keys: carried u8 (a bit per kind; of an item 128: an opening follows), digests of those
//          carried, touch channel, opening: conversation digest, has sketch u8, 32 u16 of the
//          sketch if it has one. Message: kind u8 (0 entry, 1 question, 2 answer), key digest, key
//          kind u8, entry kind u8, then of an entry: flags u8 (1: removed), id, time i64, brand,
//          channel; of a question: asker kind u8, asker, number varint, from i64, to i64; of an
//          answer: asker kind u8, asker, number varint, flags u8 (1 shared, 2 truncated, 4 earlier
//          order), entries: count varint; id, time i64, channel each. Strings as index of the
//          dictionary. 3 erasure and 4 erased: request digest, time i64, requested at i64, id
//          bytes; then of an erasure flags u8 (1 author u64, 2 customer digest) and those, of one
//          that is done shard u32 and the counts by kind varint each. 5 question about a parent:
//          of, asker, before i64; 6 its answer: asker, of, found u8, flags u8 (1 root unknown, 2
//          cut), next, before i64. 7 opening: customer, id, time i64, brand, channel, opening. 8
//          alert of a deadline: kind u8, state u8, conversation, asked at i64, deadline i64,
//          revision u32, brand, channel, then policy, url, key and value as bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/exchange/edge.h"
#include "kaiku/model/key_message.h"
#include "kaiku/model/opening_message.h"

#include "exchange/edge_dictionary.h"

namespace kaiku::exchange {

enum class KeyMessage : uint8_t {
  kEntry,
  kQuestion,
  kAnswer,
  kErasure,
  kErased,
  kParentQuestion,
  kParentAnswer,
  kOpening,
  kDeadline,
};

// True if what opens a conversation follows, which is read into `opening`; without a place for it
// the record is refused.
bool read_keys(base::ByteReader& in,
               const Dictionary& dictionary,
               model::KeyPart& keys,
               model::OpeningPart* opening = nullptr);
// `touch_channel` is the index of keys.touch_channel; `opening` may be null.
void write_keys(base::ByteWriter& out,
                const model::KeyPart& keys,
                uint64_t touch_channel,
                const model::OpeningPart* opening = nullptr);

// Reads one message of the key section and hands it to the sink; `entries` is lent for an answer.
[[nodiscard]] bool read_key_message(base::ByteReader& in,
                                    const Dictionary& dictionary,
                                    std::vector<model::KeyEntry>& entries,
                                    EdgeSink& sink);

}  // namespace kaiku::exchange
