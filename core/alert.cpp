#include "core/alert.h"

namespace tocsin {

std::string_view to_string(ResolveCause cause) {
  switch (cause) {
    case ResolveCause::kNone:
      return "firing";
    case ResolveCause::kConditionFalse:
      return "condition false";
    case ResolveCause::kRuleChanged: return "rule changed";
    case ResolveCause::kRuleDeleted:
      return "rule deleted";
    case ResolveCause::kEndsAtPassed:
      return "endsAt passed without a refresh";
    case ResolveCause::kReportedResolved:
      return "reported resolved";
  }
  return "";
}

}  // namespace tocsin
