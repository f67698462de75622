// promql/features: PromQL that the server does not have.
#include <fmt/format.h>

#include "rules/online/online_families.h"
#include "rules/online/server_dialect.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kKinds[] = {{
    "promql/features",
    Severity::kWarning,
    "the server does not have a function or syntax of the expression",
    R"(With --prometheus the server tells its version and the features that are switched on. A function that it does not
have yet or any more, and syntax that needs --enable-feature, make it refuse the file with the rule, or the query of it.

    limitk(3, up)                          needs --enable-feature=promql-experimental-functions
    holt_winters(x[1h], 0.5, 0.5)          has gone with Prometheus 3: double_exponential_smoothing()

Without a server, tocsin check --promql.version and --promql.features judge by what they are told.)",
}};
constexpr const FindingKind& kFeatures = kKinds[0];

void check(const OnlineRule& online) {
  for (const Mistake& mistake : mistakes_in_dialect(online)) {
    const auto* build = online.inquiry.ask_in_passing<ServerBuild>({Question::Kind::kBuild, "", ""});
    online.out.at_expression(online.rule, kFeatures, mistake.extent,
                             fmt::format("the server, Prometheus {}, does not take it: {}",
                                         build == nullptr ? "" : build->version, mistake.message),
                             mistake.hint);
  }
}

}  // namespace

const OnlineCheck kOnlineFeatures{kKinds, check};

}  // namespace tocsin
