#include "receivers/message_writer.h"

#include "receivers/text_limits.h"

namespace tocsin {

std::string MessageWriter::text(const TemplateField& field, std::string_view instead) {
  if (field.text.empty()) return "";
  return kept_or_instead(field, context_.templates.text(field.text, view_), instead);
}

std::string MessageWriter::html(const TemplateField& field, std::string_view instead) {
  if (field.text.empty()) return "";
  return kept_or_instead(field, context_.templates.html(field.text, view_), instead);
}

std::string MessageWriter::kept_or_instead(const TemplateField& field, Result<std::string> expanded,
                                           std::string_view instead) {
  if (expanded) return std::move(*expanded);
  failed_ = true;
  warn("the template of " + field.key +
       " failed: " + cut_to_runes(on_one_line(expanded.error().message), 300));
  return std::string(instead);
}

Result<std::string> MessageWriter::required(const TemplateField& field) const {
  Result<std::string> out = expand(field.text);
  if (!out) return fail("the template of " + field.key + " failed: " + out.error().message);
  return out;
}

Result<std::string> MessageWriter::required_secret(const std::string& key, const Secret& secret) const {
  const Result<std::string> content = context_.read_secret(secret);
  if (!content) return fail(key + ": " + content.error().message);
  Result<std::string> out = expand(*content);
  // The message of a failing template quotes it, and here it is a secret.
  if (!out) return fail("the template of " + key + " failed");
  if (out->empty()) return fail(key + " is empty");
  return out;
}

Result<std::string> MessageWriter::expand(std::string_view template_text) const {
  return context_.templates.text(template_text, view_);
}

std::string MessageWriter::fitting(std::string text, std::size_t limit, const std::string& what) {
  if (count_runes(text) <= limit) return text;
  warn("the " + what + " was cut to " + std::to_string(limit) + " characters");
  return cut_to_runes(text, limit);
}

void MessageWriter::warn(const std::string& what) {
  warning_ += (warning_.empty() ? "" : "; ") + what;
}

}  // namespace tocsin
