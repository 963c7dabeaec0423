#include "app/zones.h"

#include "kaiku/window/local_time.h"

namespace kaiku::app {
namespace {

class SystemZones final : public parse::ZoneResolver {
 public:
  [[nodiscard]] base::EventTime to_utc(int64_t local_seconds,
                                       std::string_view zone) const override {
    return window::local_to_utc(local_seconds, zone);
  }
};

}  // namespace

std::shared_ptr<const parse::ZoneResolver> system_zones() {
  static const auto zones = std::make_shared<const SystemZones>();
  return zones;
}

}  // namespace kaiku::app
