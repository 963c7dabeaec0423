// KafkaProperties: are these librdkafka's own properties, and does it take their values?
//
// Threads: any; each check makes its own configuration object and never a client.
// Owns:    nothing.
// Cost:    some microseconds a property.
// Fails:   errors in the report. Values are never shown: they may be secrets.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/node.h"
#include "config/report.h"

namespace kaiku::config {

using Properties = std::vector<std::pair<std::string, std::string>>;

// Reads the map at `path` ("log.consumer"). A value that is empty after filling in means "not set".
[[nodiscard]] Properties read_properties(const Node* node, const std::string& path, Report& report);

// All names the linked librdkafka knows and kaiku leaves to the user; its version.
[[nodiscard]] std::vector<std::string> known_properties();
[[nodiscard]] std::string_view kafka_client_version();

}  // namespace kaiku::config
