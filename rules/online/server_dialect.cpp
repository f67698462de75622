#include "rules/online/server_dialect.h"

namespace tocsin {

std::optional<promql::Dialect> server_dialect(Inquiry& inquiry) {
  const auto* build = inquiry.ask_in_passing<ServerBuild>({Question::Kind::kBuild, "", ""});
  const auto* flags = inquiry.ask_in_passing<ServerFlags>({Question::Kind::kFlags, "", ""});
  if (build == nullptr || flags == nullptr || !build->application.empty()) return std::nullopt;
  const auto storage = flags->values.find("storage.tsdb.path");
  if (storage == flags->values.end()) return std::nullopt;
  const auto dialect = promql::parse_dialect(build->version.substr(0, build->version.find('-')));
  if (!dialect || dialect->unknown == promql::Dialect::Unknown::kWarn) return std::nullopt;
  const auto features = flags->values.find("enable-feature");
  return promql::with_features(*dialect, features == flags->values.end() ? "" : features->second);
}

bool was_asked_for_dialect(Inquiry& inquiry) {
  const bool build = inquiry.was_asked({Question::Kind::kBuild, "", ""});
  return inquiry.was_asked({Question::Kind::kFlags, "", ""}) && build;
}

std::vector<promql::Mistake> mistakes_in_dialect(const OnlineRule& online) {
  if (online.view().empty()) return {};
  const auto dialect = server_dialect(online.inquiry);
  if (!dialect) return {};
  return promql::parse(online.rule.checked.tree.source(), *dialect).errors;
}

bool is_beyond(const OnlineRule& online) {
  return !mistakes_in_dialect(online).empty();
}

}  // namespace tocsin
