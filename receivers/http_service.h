// An HttpService is an integration that needs one HTTP request: a function that builds it, and rules that say
// what the answer means. The `http` receiver and the services that are presets of it (Google Chat, Matrix,
// ntfy, Gotify) are such values; what they have in common is here.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "receivers/answer_rules.h"
#include "receivers/message_writer.h"
#include "receivers/receiver_config.h"

namespace tocsin {

struct HttpService {
  // Expands into a request; the writer collects what the user should know.
  using Request =
      std::function<Result<HttpRequest>(MessageWriter&, const Notification&, const BuildContext&)>;

  bool send_resolved = true;
  std::size_t max_alerts = 0;  // 0: all
  std::vector<TemplateField> templates;
  AnswerRules answer;
  Request request;
};

// send_resolved (true) and max_alerts of the block.
HttpService read_http_service(ReceiverBlock&);
std::shared_ptr<const Integration> make_http_service(const ReceiverBlock&, HttpService);

// The template's text if it `fits`; else that of as many whole alerts as do and "… 37 more alerts, full list:
// URL"; where not even one does, the beginning. What was left out is reported, and so is `limit` in words.
std::string fitting_text(const TemplateField&, const BuildContext&, MessageWriter&,
                         const std::function<bool(const std::string&)>& fits, const std::string& limit);

}  // namespace tocsin
