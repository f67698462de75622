#include "receivers/service_answer.h"

#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

TEST_CASE("an HTTP status decides the outcome and its reason") {
  struct Row {
    int status;
    Outcome outcome;
    const char* reason;
  };
  for (const Row& row :
       {Row{200, Outcome::kDelivered, ""}, Row{202, Outcome::kDelivered, ""},
        Row{299, Outcome::kDelivered, ""}, Row{302, Outcome::kRejected, "other"},
        Row{400, Outcome::kRejected, "clientError"}, Row{401, Outcome::kRejected, "authError"},
        Row{403, Outcome::kRejected, "authError"}, Row{404, Outcome::kRejected, "clientError"},
        Row{429, Outcome::kFailed, "rateLimited"}, Row{500, Outcome::kFailed, "serverError"},
        Row{503, Outcome::kFailed, "serverError"}}) {
    CAPTURE(row.status);
    const DeliveryResult result = read_service_answer(answer(row.status), kNow);
    CHECK(result.outcome == row.outcome);
    CHECK(result.reason == row.reason);
    CHECK(result.status == row.status);
  }
}

TEST_CASE("network trouble may pass, a request that cannot be made will not") {
  struct Row {
    TransportResult result;
    Outcome outcome;
    const char* reason;
  };
  for (const Row& row : {Row{TransportResult::kUnreachable, Outcome::kFailed, "other"},
                         Row{TransportResult::kTimedOut, Outcome::kFailed, "contextDeadlineExceeded"},
                         Row{TransportResult::kClosedEarly, Outcome::kFailed, "other"},
                         Row{TransportResult::kTlsFailed, Outcome::kFailed, "other"},
                         Row{TransportResult::kTooLarge, Outcome::kFailed, "other"},
                         Row{TransportResult::kMisconfigured, Outcome::kRejected, "other"}}) {
    OutboundAnswer trouble;
    trouble.result = row.result;
    trouble.error = "in\nwords";
    const DeliveryResult result = read_service_answer(trouble, kNow);
    CHECK(result.outcome == row.outcome);
    CHECK(result.reason == row.reason);
    CHECK(result.message.ends_with(": in words"));
  }
  OutboundAnswer accepted = answer(200);
  accepted.result = TransportResult::kTooLarge;
  CHECK(read_service_answer(accepted, kNow).outcome == Outcome::kDelivered);
}

TEST_CASE("Retry-After is honoured as seconds and as a date") {
  using std::chrono::seconds;
  const auto wish = [](const char* text, const char* date = "") {
    return read_retry_after(answer(429, "", {{"retry-after", text}, {"date", date}}), kNow);
  };
  CHECK(wish("120") == seconds(120));
  CHECK(wish("0") == seconds(0));
  CHECK(wish("soon") == seconds(0));
  CHECK(wish("-5") == seconds(0));
  CHECK(wish("99999999999") == seconds(0));
  CHECK(wish("999999") == std::chrono::hours(24));
  CHECK(wish("Fri, 02 Jan 2026 03:05:05 GMT") == seconds(60));
  CHECK(wish("Fri, 02 Jan 2026 03:05:05 GMT", "Fri, 02 Jan 2026 03:05:00 GMT") == seconds(5));
  CHECK(wish("Fri, 02 Jan 2026 03:00:00 GMT") == seconds(0));
}

TEST_CASE("texts are cut to whole characters and repaired") {
  CHECK(cut_to_runes("äöü", 3) == "äöü");
  CHECK(cut_to_runes("äöüß", 3) == "äö…");
  CHECK(cut_to_runes("ab", 0).empty());
  CHECK(repaired_utf8("a\xff"
                      "b") ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(repaired_utf8("\xed\xa0\x80").size() == 9);  // a surrogate half
  CHECK(repaired_utf8("😀") == "😀");
  CHECK(on_one_line("a \r\n\tb\x7f") == "a b");
}

}  // namespace tocsin
