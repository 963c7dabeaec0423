// Shipped: the pipelines that come with kaiku and the schemas of its records, embedded by
// src/embed.cmake: `init` writes them, `schema` prints them, `test` knows from them which fields a
// record can have.
//
// Threads: any.
// Owns:    nothing; the bytes are part of the program.
// Cost:    none.
// Fails:   never.
#pragma once

#include <span>
#include <string_view>

namespace kaiku::app {

struct ShippedFile {
  std::string_view name;  // below pipelines/: "demo.yaml", "schemas/kpi.v1.schema.json"
  std::string_view bytes;
};

[[nodiscard]] std::span<const ShippedFile> shipped_files();

}  // namespace kaiku::app
