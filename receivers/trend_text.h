// A trend as a line of text: ▁▁▂▅█ 2.4 (threshold 2, last hour). It shows of each stretch of time the value
// that is worst for the rule, and scales so that the threshold is within.
#pragma once

#include <cstddef>
#include <string>

#include "core/trend.h"

namespace tocsin {

inline constexpr std::size_t kTrendColumns = 20;

// Empty where the trend has no values. Of shorter trends there is a column per value.
std::string trend_text(const Trend&, std::size_t most_columns = kTrendColumns);
// The same without the bars: 2.4 (threshold 2, last hour).
std::string trend_words(const Trend&);
// As people write it: 2.4, 0.953, 12.5k.
std::string trend_number(double);

}  // namespace tocsin
