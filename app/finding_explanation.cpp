#include "app/finding_explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "app/text_table.h"
#include "core/nearest_name.h"

namespace tocsin {
namespace {

constexpr std::size_t kMostSuggested = 5;

// The nearest code, and those of which what was given is a part: "rate" is in promql/rate.
std::vector<std::string> near_codes(std::string_view given, std::span<const FindingKind> all) {
  std::vector<std::string> codes, near;
  for (const FindingKind& kind : all) codes.emplace_back(kind.code);
  if (std::string nearest = nearest_name(given, codes); !nearest.empty()) near.push_back(std::move(nearest));
  for (const std::string& code : codes) {
    const bool part = !given.empty() && code.find(given) != std::string::npos;
    const bool same_name = code.substr(code.find('/') + 1) == given.substr(given.find('/') + 1);
    if ((part || same_name) && std::ranges::find(near, code) == near.end()) near.push_back(code);
  }
  near.resize(std::min(near.size(), kMostSuggested));
  return near;
}

}  // namespace

CommandOutput explain_finding(std::string_view code, std::span<const FindingKind> all) {
  if (code == "all" || code == "list") {
    TextTable table({"Code", "Severity", "What is wrong"});
    for (const FindingKind& kind : all)
      table.add({std::string(kind.code), std::string(to_string(kind.severity)), std::string(kind.title)});
    return {table.text(), "", 0};
  }
  const auto kind = std::ranges::find(all, code, &FindingKind::code);
  if (kind != all.end()) {
    std::string text = fmt::format("{}: {}\n\n{}", kind->code, kind->title, kind->explanation);
    if (!text.ends_with('\n')) text += '\n';
    return {fmt::format("{}\nSeverity: {}\n", text, to_string(kind->severity)), "", 0};
  }
  std::string message = fmt::format("tocsin: there is no finding {}", code);
  if (const std::vector<std::string> near = near_codes(code, all); !near.empty())
    message += fmt::format("; did you mean {}?", fmt::join(near, ", "));
  return {"", message + "\n`tocsin check --explain list` names them all\n", 2};
}

}  // namespace tocsin
