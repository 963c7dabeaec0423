#include "kaiku/model/erasure.h"

#include <string>

#include "kaiku/base/bytes.h"

namespace kaiku::model {

std::string_view name_of(Erased kind) {
  static constexpr std::array<std::string_view, kErasedKinds> kNames = {"conversations",
                                                                        "participations",
                                                                        "touches",
                                                                        "questions",
                                                                        "orders",
                                                                        "attributions",
                                                                        "records_withdrawn"};
  return kNames[static_cast<size_t>(kind)];
}

// The request is a keyed hash already.
base::Digest somebody(const base::Digest& request, const base::Digest& place) {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.digest(request);
  out.digest(place);
  return base::HashKey().digest({"somebody", bytes});
}

}  // namespace kaiku::model
