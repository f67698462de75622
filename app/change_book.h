// What changed about the rules, and which services have yet to hear of it: those that were asked to be told.
// It compares the rules with those that were last there, be it before a reload or in the run before, and
// keeps what it owes in the store until it was told. The first rules ever are no change. Where nobody wants
// to hear of changes it keeps nothing.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "app/rule_prints.h"
#include "core/notification.h"
#include "core/record.h"
#include "core/rule_change.h"
#include "evaluator/evaluator_config.h"

namespace tocsin {

// To be told to one service.
struct ChangeNews {
  std::string id;
  IntegrationId integration;
  RulesChanged changed;
};
// What came of it. What was not told stays owed: it is tried again at the next change and the next start.
struct ChangeTold {
  enum class Outcome { kSettled, kOwed };
  std::string id;
  Outcome outcome = Outcome::kSettled;
};

class ChangeBook {
 public:
  struct Output {
    std::vector<Record> records;
    std::vector<ChangeNews> news;
  };
  static constexpr std::string_view kNewsBucket = "rule_news";

  // What an earlier run stored; before configure().
  void restore(std::span<const Record>);
  // The rules from now on, and who wants to hear of changes.
  void configure(const EvaluatorConfig&, const std::vector<IntegrationId>& listeners, TimePoint now, Output&);
  void told(const ChangeTold&, Output&);

 private:
  struct Owed {
    IntegrationId integration;
    RulesChanged changed;
    bool under_way = false;
  };
  void forget_all(Output&);
  void owe(const IntegrationId&, const RulesChanged&, Output&);

  bool known_ = false;  // whether rules_ is what was there, and not only nothing yet
  RulePrints rules_;
  std::map<std::string, Owed> owed_;  // by id
};

}  // namespace tocsin
