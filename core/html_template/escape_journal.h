// EscapeJournal: what an HtmlEscaper has found out about templates, so that a try that fails leaves nothing
// behind.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/html_template/escaper.h"

namespace tocsin::tmpl {

class EscapeJournal {
 public:
  struct Mark {
    std::size_t changes = 0;
    std::size_t calls = 0;
  };
  Mark mark() const { return {changes_.size(), calls_.size()}; }

  void roll_back(const Mark& mark) {
    for (; changes_.size() > mark.changes; changes_.pop_back()) {
      auto& [name, before] = changes_.back();
      if (before) {
        templates_[name] = std::move(*before);
      } else {
        templates_.erase(name);
      }
    }
    for (; calls_.size() > mark.calls; calls_.pop_back()) --call_counts_[calls_.back()];
  }

  void count_call(const std::string& name) {
    ++call_counts_[name];
    calls_.push_back(name);
  }
  std::size_t calls_of(const std::string& name) const {
    const auto count = call_counts_.find(name);
    return count == call_counts_.end() ? 0 : count->second;
  }

  // Where a call of the template ends, as far as is known; nullptr if nothing is.
  const HtmlContext* end_of(const std::string& name) const {
    const auto found = templates_.find(name);
    return found == templates_.end() ? nullptr : &found->second.end;
  }
  void assume_end(const std::string& name, HtmlContext end) { change(name, {std::move(end), nullptr}); }
  void accept(const std::string& name, HtmlContext end, std::shared_ptr<const Tree> tree) {
    change(name, {std::move(end), std::move(tree)});
  }

  EscapedTemplates templates() const {
    EscapedTemplates out;
    for (const auto& [name, item] : templates_) {
      out.trees.emplace(name, item.tree);
      out.ends.emplace(name, item.end);
    }
    return out;
  }

 private:
  struct Template {
    HtmlContext end;
    std::shared_ptr<const Tree> tree;  // null while the end is assumed
  };
  void change(const std::string& name, Template value) {
    const auto found = templates_.find(name);
    changes_.emplace_back(name, found == templates_.end() ? std::nullopt : std::optional(found->second));
    templates_[name] = std::move(value);
  }

  std::map<std::string, Template> templates_;
  std::vector<std::pair<std::string, std::optional<Template>>> changes_;
  std::map<std::string, std::size_t> call_counts_;
  std::vector<std::string> calls_;
};

}  // namespace tocsin::tmpl
