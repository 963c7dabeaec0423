# Every outside library, one line of why. All of them are Debian 12 packages.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.74 REQUIRED)                                  # headers only: unordered_flat_map for the hot path
pkg_check_modules(rdkafka REQUIRED IMPORTED_TARGET rdkafka)        # the Kafka client: transactions, groups, codecs
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)       # SipHash-2-4-128, faster than a hand-written one
pkg_check_modules(hyperscan REQUIRED IMPORTED_TARGET libhs)        # thousands of aliases in one pass over a text (vectorscan)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)   # Unicode folding and categories without data files
find_package(simdjson REQUIRED)                                    # JSON at memory speed
find_package(RocksDB REQUIRED)                                     # state beyond memory
find_package(yaml-cpp REQUIRED)                                    # YAML with line and column of every key
find_package(fmt REQUIRED)                                         # formatting without locale
find_package(spdlog REQUIRED)                                      # log sinks
find_package(date REQUIRED)                                        # time zones: libstdc++ 12 has none
find_package(prometheus-cpp REQUIRED)                              # the metric model and its text format
find_package(nlohmann_json REQUIRED)                               # JSON in cold paths: replay files, summaries, tests
pkg_check_modules(jemalloc IMPORTED_TARGET jemalloc)               # 14 % less CPU on the Kafka path
find_package(CLI11 REQUIRED)                                       # command line
find_package(civetweb QUIET)                                       # HTTP server, handlers only
find_file(KAIKU_CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js REQUIRED)  # charts of the page (libjs-chart.js)
