// What items say to their threads, and the messages of conversations, as bytes of an edge record.
//
// Threads: pure functions.
// Owns:    nothing; what is read points into the record.
// Cost:    some 60 bytes a message.
// Fails:   what is not well-formed fails the reader.
// Format:  thread: conversation digest, severity u8, status u8, flags u8 (1 accepted, 2 automatic,
//          4 by parent), csat u8, url bytes. Message: thread, item digest, type, op, relation,
//          visibility and role u8 each, flags u8 (1 straggler, 2 author, 4 customer, 8 root
//          unknown), time i64, author u64 and customer digest where the flags say so, brand and
//          channel as index of the dictionary.
#pragma once

#include "kaiku/base/bytes.h"
#include "kaiku/model/conversation.h"
#include "kaiku/model/message.h"

#include "exchange/edge_dictionary.h"

namespace kaiku::exchange {

void read_thread(base::ByteReader& in, model::ThreadPart& thread);
void write_thread(base::ByteWriter& out, const model::ThreadPart& thread);

[[nodiscard]] model::ConversationMessage read_conversation(base::ByteReader& in,
                                                           const Dictionary& dictionary);

}  // namespace kaiku::exchange
