// Cutting and repairing texts for services that limit or refuse them. A cut is always visible: it ends with
// "…".
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "core/utf8.h"

namespace tocsin {

// Each byte that is not part of valid UTF-8 becomes U+FFFD, as Go does when it writes JSON.
std::string repaired_utf8(std::string_view text);

// Unchanged up to `limit` code points, else the first limit−1 and "…" (as Alertmanager's
// notify.TruncateInRunes).
std::string cut_to_runes(std::string_view text, std::size_t limit);

// Unchanged up to `limit` bytes, else as many whole code points as leave room for "…" (as Alertmanager's
// notify.TruncateInBytes).
std::string cut_to_bytes(std::string_view text, std::size_t limit);

// The largest number up to `most` that `fits`, where all smaller ones fit too; 0 where none does.
std::size_t largest_fitting(std::size_t most, const std::function<bool(std::size_t)>& fits);

// As many whole code points as fit into `limit` bytes, without a mark: for texts whose cut is told otherwise.
std::string first_bytes(std::string_view text, std::size_t limit);

// CR, LF and other control characters become blanks, runs of blanks one; for texts that must stay on one
// line.
std::string on_one_line(std::string_view text);

}  // namespace tocsin
