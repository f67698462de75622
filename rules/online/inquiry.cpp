#include "rules/online/inquiry.h"

namespace tocsin {

const Answer* Inquiry::find(const Question& question, bool needed) {
  const auto found = answers_.find(question);
  if (found == answers_.end()) {
    if (seen_.insert(question).second) wanted_.push_back(question);
    return nullptr;
  }
  const auto* none = std::get_if<NoAnswer>(&found->second);
  if (none == nullptr) return &found->second;
  if (!needed) return nullptr;
  Open& open = open_[none->reason];
  ++open.checks;
  if (open.words.empty()) open.words = none->words;
  return nullptr;
}

bool Inquiry::was_asked(const Question& question) {
  if (answers_.contains(question)) return true;
  if (seen_.insert(question).second) wanted_.push_back(question);
  return false;
}

void Inquiry::add(const Inquiry& other) {
  for (const Question& question : other.wanted_) {
    if (seen_.insert(question).second) wanted_.push_back(question);
  }
  for (const auto& [reason, theirs] : other.open_) {
    Open& open = open_[reason];
    open.checks += theirs.checks;
    if (open.words.empty()) open.words = theirs.words;
  }
}

}  // namespace tocsin
