// What a client of /api/v1/rules asked to see: its query parameters, read and checked as Prometheus
// does (web/api/v1/api.go). Reading fails with the message for the 400.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "app/http_message.h"
#include "core/matcher.h"
#include "core/result.h"
#include "rules/rule.h"

namespace tocsin {

class RuleFilter {
 public:
  static Result<RuleFilter> read(const HttpQuery&);

  bool takes(const RuleGroup&) const;
  bool takes(const Rule&) const;
  bool shows_alerts() const { return shows_alerts_; }
  std::size_t group_limit() const { return group_limit_; }  // 0: none
  const std::string& next_token() const { return next_token_; }

 private:
  Result<void> read_type(const HttpQuery&);
  Result<void> read_selectors(const HttpQuery&);
  Result<void> read_exclude_alerts(const HttpQuery&);
  Result<void> read_paging(const HttpQuery&);

  std::optional<Rule::Kind> kind_;
  std::vector<std::string> rules_;
  std::vector<std::string> groups_;
  std::vector<std::string> files_;
  std::vector<Matchers> selectors_;  // any of them
  bool shows_alerts_ = true;
  std::size_t group_limit_ = 0;
  std::string next_token_;
};

}  // namespace tocsin
