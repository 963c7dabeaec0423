#include "structure.h"

#include "kaiku/base/check.h"

namespace kaiku::parse {
namespace {

// Grows with the records.
constexpr size_t kFirstCapacity = 16U << 10;
// Of stage 2, which is not used.
constexpr size_t kDepth = 1;

}  // namespace

Structure::Structure() {
  const simdjson::error_code made =
      simdjson::get_active_implementation()->create_dom_parser_implementation(
          kFirstCapacity, kDepth, implementation_);
  KAIKU_CHECK(made == simdjson::SUCCESS, "simdjson could not be made ready");
  KAIKU_CHECK(unescaper_.allocate(simdjson::SIMDJSON_PADDING) == simdjson::SUCCESS,
              "simdjson could not be made ready");
}

simdjson::error_code Structure::index(const char* text, size_t size) {
  if (size > implementation_->capacity()) {
    const simdjson::error_code grown = implementation_->set_capacity(size + size / 2);
    if (grown != simdjson::SUCCESS) {
      return grown;
    }
  }
  return implementation_->stage1(
      reinterpret_cast<const uint8_t*>(text), size, simdjson::stage1_mode::regular);
}

}  // namespace kaiku::parse
