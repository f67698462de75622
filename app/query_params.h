// Query parameters that several lists of the API share, read and checked as Alertmanager reads them. Reading
// fails with the answer to send.
#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "app/http_message.h"
#include "core/matcher.h"

namespace tocsin {

// A switch that is on unless it is turned off. Where a parameter comes several times the last counts.
tl::expected<bool, HttpAnswer> read_flag(const HttpQuery&, std::string_view name);

// One matcher each time that the parameter comes.
tl::expected<Matchers, HttpAnswer> read_matchers(const HttpQuery&, std::string_view name, MatcherDialect);

// Whether all of them take an alert with these labels.
bool filter_takes(const Matchers&, const Labels&);

}  // namespace tocsin
