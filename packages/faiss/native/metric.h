// FAISS's metrics.
#pragma once

#include <faiss/MetricType.h>

struct Metric {
  faiss::MetricType type;
  /// The power p of METRIC_Lp.
  float argument = 0;
};

/// Whether a larger number means nearer.
bool LargerIsCloser(faiss::MetricType type);

/// Throws UNSUPPORTED where this FAISS is too old for the metric.
void CheckMetric(faiss::MetricType type);
