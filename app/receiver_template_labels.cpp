#include "app/receiver_template_labels.h"

#include <algorithm>
#include <string_view>

namespace tocsin {
namespace {

bool is_name_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class LabelSearch {
 public:
  explicit LabelSearch(std::vector<ReceiverTemplateLabel>& out) : out_(out) {}

  void walk(const YamlNode& node, const std::string& receiver) {
    for (const YamlNode& item : node.items()) walk(item, receiver);
    for (const auto& [key, value] : node.entries()) walk(value, receiver);
    if (node.kind() != YamlNode::Kind::kScalar) return;
    const std::string text = node.text();
    if (text.find("{{") == std::string::npos) return;
    collect(text, ".GroupLabels.", true, receiver, node.position());
    collect(text, ".CommonLabels.", false, receiver, node.position());
  }

 private:
  // Within {{ if …, {{ with …, {{ else if …: what is not there is no mistake.
  static bool is_asked(std::string_view text, std::size_t at) {
    const std::size_t open = text.rfind("{{", at);
    if (open == std::string_view::npos) return true;  // no action at all
    std::string_view action = text.substr(open + 2, at - open - 2);
    action.remove_prefix(std::min(action.find_first_not_of("- \t\r\n"), action.size()));
    return action.starts_with("if ") || action.starts_with("with ") || action.starts_with("else");
  }

  void collect(std::string_view text, std::string_view field, bool of_group, const std::string& receiver,
               Position position) {
    std::vector<std::string_view> asked;
    std::vector<std::string_view> shown;
    for (std::size_t at = text.find(field); at != std::string_view::npos; at = text.find(field, at + 1)) {
      const std::size_t begin = at + field.size();
      std::size_t end = begin;
      while (end < text.size() && is_name_part(text[end])) ++end;
      const std::string_view name = text.substr(begin, end - begin);
      // .GroupLabels.SortedPairs, .Remove, .Values and .Names are methods.
      const bool method = name == "SortedPairs" || name == "Remove" || name == "Values" || name == "Names";
      if (name.empty() || method) continue;
      (is_asked(text, at) ? asked : shown).push_back(name);
    }
    for (const std::string_view name : shown) {
      if (std::ranges::find(asked, name) != asked.end()) continue;
      const bool known = std::ranges::any_of(out_, [&](const ReceiverTemplateLabel& label) {
        return label.receiver == receiver && label.name == name && label.of_group == of_group;
      });
      if (!known) out_.push_back({receiver, std::string(name), of_group, position});
    }
  }

  std::vector<ReceiverTemplateLabel>& out_;
};

}  // namespace

std::vector<ReceiverTemplateLabel> receiver_template_labels(const YamlNode& receivers) {
  std::vector<ReceiverTemplateLabel> out;
  LabelSearch search(out);
  for (const YamlNode& receiver : receivers.items()) {
    std::string name;
    for (const auto& [key, value] : receiver.entries()) {
      if (key.text() == "name") name = value.text();
    }
    search.walk(receiver, name);
  }
  return out;
}

}  // namespace tocsin
