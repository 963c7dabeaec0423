// Properties: settings of the Kafka client in librdkafka's own names, in the order they were given.
//
// Threads: a value.
// Owns:    its strings, secrets among them: never print one.
// Cost:    a vector.
// Fails:   a name or value the client does not take is answered with kConfig by whoever opens a
//          client with it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace kaiku::kafka {

using Properties = std::vector<std::pair<std::string, std::string>>;

}  // namespace kaiku::kafka
