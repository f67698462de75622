// The families of checks that ask a server, one file of this folder each.
#pragma once

#include "rules/online/online_check.h"

namespace tocsin {

extern const OnlineCheck kOnlineFeatures;  // promql/features
extern const OnlineCheck kOnlineSeries;    // promql/series
extern const OnlineCheck kOnlineCost;      // query/cost, query/error; of promql/vector_matching what fails
extern const OnlineCheck kOnlineWindow;  // of promql/rate and alerts/absent what the scrape interval decides
extern const OnlineCheck kOnlineTypes;  // of promql/rate and promql/counter what the type of a metric decides
extern const OnlineCheck kOnlineMatching;   // of promql/vector_matching what never meets
extern const OnlineCheck kOnlineRetention;  // promql/range_query, promql/offset
extern const OnlineCheck kOnlineLabels;     // labels/conflict, alerts/external_labels

}  // namespace tocsin
