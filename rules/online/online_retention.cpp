// promql/range_query and promql/offset: expressions that look back further than the server keeps samples.
#include <fmt/format.h>

#include "core/duration.h"
#include "rules/online/online_families.h"
#include "rules/online/selectors.h"

namespace tocsin {
namespace {

using namespace promql;
using Kind = Question::Kind;

constexpr FindingKind kKinds[] = {
    {
        "promql/offset",
        Severity::kWarning,
        "the offset is longer than the server keeps samples",
        R"(What lies further back than --storage.tsdb.retention.time is gone: the selector gives nothing, and the alert
never fires. Keep samples for longer, look back less far, or ask a server that keeps them (remote_read).)",
    },
    {
        "promql/range_query",
        Severity::kWarning,
        "the window is longer than the server keeps samples",
        R"(Of the window only what the server still has counts, --storage.tsdb.retention.time: increase(x[30d]) of a
server that keeps 15d is the increase of 15 days. Keep samples for longer, look back less far, or ask a server that
keeps them (remote_read).)",
    },
};
constexpr const FindingKind& kOffset = kKinds[0];
constexpr const FindingKind& kRange = kKinds[1];

// No server keeps less: what looks back no further need not be asked about.
constexpr Duration kAlwaysKept = std::chrono::hours(2);

void check(const OnlineRule& online) {
  for (std::size_t i = 0; i < online.view().size(); ++i) {
    const auto* selector = as<VectorSelector>(online.view()[i].expr);
    if (selector == nullptr) continue;
    const Reach reach = reach_of(online.view(), i);
    if (!reach.known || reach.all() <= kAlwaysKept) continue;
    const auto* runtime = online.inquiry.ask<ServerRuntime>({Kind::kRuntime, "", ""});
    const auto* config = online.inquiry.ask<ServerConfig>({Kind::kConfig, "", ""});
    if (runtime == nullptr || config == nullptr) return;
    const Duration kept = runtime->retention;
    if (kept <= Duration::zero() || config->reads_remotely || reach.all() <= kept) continue;
    const bool all_gone = reach.offset >= kept;
    online.out.at_expression(
        online.rule, all_gone ? kOffset : kRange, selector->extent,
        fmt::format("`{}` is looked for {} back, and the server keeps samples for {}",
                    online.view().shown(*selector), format_prometheus_duration(reach.all()),
                    format_prometheus_duration(kept)),
        all_gone ? "there is never a result" : "what is older than that does not count");
  }
}

}  // namespace

const OnlineCheck kOnlineRetention{kKinds, check};

}  // namespace tocsin
