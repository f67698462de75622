// One comment by which a file speaks to `tocsin check`, in our own words or in pint's:
//
//   # tocsin disable promql/rate until 2027-01-31 the exporter is being replaced
//   # tocsin file/disable promql/regexp                    # tocsin disable rule/label(team)
//   # tocsin rule/owner database          # tocsin file/owner web
//   # pint disable promql/rate      # pint snooze 2027-01-31 promql/rate      # pint ignore/next-line
//
// This reads the words; where they act is for suppressions.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace tocsin {

struct CommentDirective {
  enum class Speaker : std::uint8_t { kTocsin, kPint };
  enum class What : std::uint8_t {
    kDisable,      // for the rule, or the line
    kFileDisable,  // for the whole file
    kIgnoreFile,   // all codes, from here to the end
    kIgnoreLine,
    kIgnoreNextLine,
    kIgnoreBegin,
    kIgnoreEnd,
    kRuleOwner,
    kFileOwner,
    kOther,    // understood, and of no concern here
    kInvalid,  // `mistake` says why
  };
  Speaker speaker = Speaker::kTocsin;
  What what = What::kOther;
  std::string code;     // of what is disabled, without the (…) behind it
  std::string subject;  // what stands in (…): which of several things of that code; empty: all
  std::string owner;
  std::optional<TimePoint> until;  // acts before it only: the day begins at midnight UTC
  std::string mistake, hint;

  // Of the line: from its # to its end.
  std::size_t begin = 0, end = 0;
  bool alone = false;  // nothing but the comment is on the line
};

// Nothing where the line holds no such comment.
std::optional<CommentDirective> read_comment_directive(std::string_view line);

// Whether pint has a check of this name, also where we have none.
bool is_pint_check(std::string_view code);

}  // namespace tocsin
