#include "kaiku/serve/snapshot.h"

namespace kaiku::serve {

std::string_view name_of(PipelineState state) {
  switch (state) {
    case PipelineState::kStarting:
      return "starting";
    case PipelineState::kRestoring:
      return "restoring";
    case PipelineState::kRunning:
      return "running";
    case PipelineState::kDraining:
      return "draining";
    case PipelineState::kFailed:
      return "failed";
  }
  return "";
}

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "";
}

std::string_view name_of(metrics::ResultKind kind) {
  switch (kind) {
    case metrics::ResultKind::kEarly:
      return "early";
    case metrics::ResultKind::kFinal:
      return "final";
    case metrics::ResultKind::kRevision:
      return "revision";
  }
  return "";
}

}  // namespace kaiku::serve
