// Silences as the API lists them, read for the commands that show and change them, and how those print them:
// as amtool does. Also servers that know nothing of ours (matcherSets, untilResolved) are understood.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/api_flags.h"
#include "core/json.h"
#include "router/silence.h"

namespace tocsin {

struct ListedSilence {
  Silence silence;
  JsonValue json;  // as it was listed, for what is sent back or printed as JSON
};

// GET /api/v2/silences.
Result<std::vector<ListedSilence>> read_listed_silences(std::string_view body);
// GET /api/v2/silence/ID.
Result<ListedSilence> read_listed_silence(std::string_view body);

// Simple and extended are sorted by their ends; JSON stays in the server's order.
std::string silences_text(std::vector<ListedSilence>, const ApiSettings&);

// The JSON to post so that the silence has other texts in some fields ("endsAt", "comment") and is the same
// in all others, also in those that we do not know.
std::string posted_again(const ListedSilence&, const std::map<std::string, std::string>& changed);

}  // namespace tocsin
