// The rows of a store as one input: what is read back from a disk.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "kaiku/base/bytes.h"
#include "kaiku/state/store.h"

#include "fuzz/target.h"

namespace kaiku::fuzz {

// Calls fn with key and value, each behind its length, as far as the bytes go.
template <typename Fn>
void for_each_row(std::string_view bytes, const Fn& fn) {
  base::ByteReader in(bytes);
  while (!in.at_end()) {
    const std::string_view key = in.bytes();
    const std::string_view value = in.bytes();
    if (in.failed()) {
      return;
    }
    fn(std::string(key), std::string(value));
  }
}

// Writes rows that something else may have written.
inline void write_rows(std::string_view bytes, state::Store& store) {
  state::WriteBatch batch;
  for_each_row(bytes, [&batch](std::string key, std::string value) {
    batch.put(std::move(key), std::move(value));
  });
  require(store.write(batch, false).is_ok());
}

// What write_rows() reads.
inline std::string rows_of(const state::Store& store) {
  std::string rows;
  base::ByteWriter out(rows);
  require(store
              .scan("",
                    "",
                    [&](std::string_view key, std::string_view value) {
                      out.bytes(key);
                      out.bytes(value);
                      return true;
                    })
              .is_ok());
  return rows;
}

}  // namespace kaiku::fuzz
