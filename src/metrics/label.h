// What a label value may be: valid UTF-8 of bounded length. One bad byte would make Prometheus
// refuse the whole scrape.
#pragma once

#include <string>
#include <string_view>

namespace kaiku::metrics {

[[nodiscard]] std::string label_value(std::string_view text);

}  // namespace kaiku::metrics
