#include "app/versions.h"

namespace kaiku::app {

metrics::BuildInfo build_info() {
  metrics::BuildInfo build;
  build.version = KAIKU_VERSION;
  build.compiler = "g++ " __VERSION__;
#ifdef __clang__
  build.compiler = __VERSION__;
#endif
  build.librdkafka = KAIKU_RDKAFKA_VERSION;
  build.rocksdb = KAIKU_ROCKSDB_VERSION;
  build.simdjson = KAIKU_SIMDJSON_VERSION;
  return build;
}

}  // namespace kaiku::app
