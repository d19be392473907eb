#include "metric.h"

#include <faiss/Index.h>

#include <string>

#include "failure.h"

namespace {

/// FAISS's number of a metric that 1.7 doesn't know.
constexpr int kJaccard = 23;

}  // namespace

bool LargerIsCloser(faiss::MetricType type) {
  return type == faiss::METRIC_INNER_PRODUCT || static_cast<int>(type) == kJaccard;
}

void CheckMetric(faiss::MetricType type) {
  constexpr bool kKnowsJaccard =
      FAISS_VERSION_MAJOR > 1 || (FAISS_VERSION_MAJOR == 1 && FAISS_VERSION_MINOR >= 8);
  if (static_cast<int>(type) == kJaccard && !kKnowsJaccard) {
    throw Failure("UNSUPPORTED", "The metric 'jaccard' needs FAISS 1.8 or newer, this is " +
                                     std::to_string(FAISS_VERSION_MAJOR) + "." +
                                     std::to_string(FAISS_VERSION_MINOR) + ". Use another metric.");
  }
}
