// A template that a user wrote in the configuration of a receiver (or its default), with the place it came
// from, so that a mistake in it can be reported where it stands. It is only the text: NotificationTemplates
// expands it.
#pragma once

#include <string>

#include "core/problem.h"

namespace tocsin {

struct TemplateField {
  enum class Output { kText, kHtml };
  std::string key;  // "title", "fields[0].value"
  std::string text;
  std::string file;
  Position position;
  Output output = Output::kText;
};

}  // namespace tocsin
