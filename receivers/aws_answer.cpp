#include "receivers/aws_answer.h"

#include <array>
#include <utility>

#include "receivers/service_answer.h"

namespace tocsin {
namespace {

std::string unescaped(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 7> kEntities = {{{"&lt;", '<'},
                                                                           {"&gt;", '>'},
                                                                           {"&quot;", '"'},
                                                                           {"&apos;", '\''},
                                                                           {"&#34;", '"'},
                                                                           {"&#39;", '\''},
                                                                           {"&amp;", '&'}}};
  std::string out;
  while (!text.empty()) {
    std::size_t taken = 1;
    char c = text.front();
    for (const auto& [entity, meant] : kEntities) {
      if (!text.starts_with(entity)) continue;
      taken = entity.size();
      c = meant;
      break;
    }
    out.push_back(c);
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace

std::string aws_text(std::string_view xml, std::string_view element) {
  const std::string opening = "<" + std::string(element) + ">";
  const std::size_t from = xml.find(opening);
  if (from == std::string_view::npos) return "";
  const std::size_t begin = from + opening.size();
  const std::size_t end = xml.find("</" + std::string(element) + ">", begin);
  return end == std::string_view::npos ? "" : unescaped(xml.substr(begin, end - begin));
}

DeliveryResult read_aws_answer(const OutboundAnswer& answer, TimePoint sent_at, std::string_view reference) {
  DeliveryResult out = read_service_answer(answer, sent_at);
  if (out.outcome == DeliveryResult::Outcome::kDelivered) {
    out.message_ref = aws_text(answer.body, reference);
    return out;
  }
  if (answer.result != TransportResult::kAnswered) return out;
  const std::string code = aws_text(answer.body, "Code");
  if (code.empty()) return out;
  // AWS says with status 400 that it is too much, or that it is busy.
  for (const char* limited : {"Throttling", "ThrottlingException", "Throttled", "ThrottledException",
                              "RequestLimitExceeded", "TooManyRequestsException"}) {
    if (code != limited) continue;
    out.outcome = DeliveryResult::Outcome::kFailed;
    out.reason = "rateLimited";
    out.retry_after = read_retry_after(answer, sent_at);
  }
  out.message = "HTTP " + std::to_string(out.status) + ": " +
                answer_excerpt(code + ": " + aws_text(answer.body, "Message"));
  return out;
}

bool is_aws_identity_refused(const OutboundAnswer& answer) {
  if (answer.result != TransportResult::kAnswered) return false;
  const std::string code = aws_text(answer.body, "Code");
  return code == "ExpiredToken" || code == "ExpiredTokenException" || code == "InvalidClientTokenId" ||
         code == "UnrecognizedClientException";
}

}  // namespace tocsin
