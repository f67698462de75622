#include "app/secret_mask.h"

#include <algorithm>

#include "core/json.h"
#include "core/percent_encoding.h"
#include "core/template/escape.h"
#include "receivers/http_service.h"

namespace tocsin {
namespace {

constexpr std::string_view kHidden = "<secret>";

// https://host of a URL; empty for everything else.
std::string origin_of(const std::string& text) {
  if (!text.starts_with("http://") && !text.starts_with("https://")) return "";
  const std::size_t host = text.find("://") + 3;
  const std::size_t end = std::min(text.find_first_of("/?#", host), text.size());
  const std::size_t login = text.substr(0, end).rfind('@');
  const std::size_t begin = login == std::string::npos ? host : login + 1;
  return text.substr(0, host) + text.substr(begin, end - begin);
}

std::string json_form(const std::string& text) {
  std::string out;
  append_json_string(out, text);
  return out.substr(1, out.size() - 2);
}

}  // namespace

void SecretMask::add(const std::string& secret) {
  if (secret.empty()) return;
  const std::string origin = origin_of(secret);
  std::string shown(kHidden);
  if (!origin.empty()) shown = origin + "/" + shown;
  add_form(secret, shown);
  // Paths are added to base URLs after exactly one slash.
  if (!origin.empty() && secret.ends_with('/') && secret.size() > origin.size() + 1)
    add_form(secret.substr(0, secret.size() - 1), shown);
  add_form(tmpl::url_query_escape(secret), shown);
  add_form(percent_encoded(secret), shown);
  add_form(json_form(secret), shown);
}

void SecretMask::add_form(std::string from, const std::string& to) {
  const bool known = std::ranges::any_of(forms_, [&](const auto& form) { return form.first == from; });
  if (known) return;
  forms_.emplace_back(std::move(from), to);
  std::ranges::stable_sort(forms_,
                           [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

std::string SecretMask::hide(std::string_view text) const {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto form = std::ranges::find_if(
        forms_, [&](const auto& known) { return text.substr(at).starts_with(known.first); });
    if (form == forms_.end()) {
      out += text[at++];
    } else {
      out += form->second;
      at += form->first.size();
    }
  }
  return out;
}

}  // namespace tocsin
