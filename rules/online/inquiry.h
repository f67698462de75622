// An Inquiry is what one pass of the checks knows of the server, and what it would like to know: the checks
// ask it, and conclude only from what has been answered. What has not been asked yet is wanted. Whoever runs
// the checks puts the wanted questions to the server and runs them again, until nothing is wanted any more;
// so the checks are functions of rules and answers, and a question that many rules have is asked once.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "rules/online/answer.h"
#include "rules/online/question.h"

namespace tocsin {

using Answers = std::map<Question, Answer>;

class Inquiry {
 public:
  explicit Inquiry(const Answers& answers) : answers_(answers) {}

  // Null where the server has not been asked yet, or could not tell: the check that asks is then not made.
  template <class Kind>
  const Kind* ask(const Question& question) {
    return take<Kind>(question, true);
  }
  // The same for what the check can do without.
  template <class Kind>
  const Kind* ask_in_passing(const Question& question) {
    return take<Kind>(question, false);
  }

  // Whether the server was asked, and be it that it could not tell. Wants the question otherwise.
  bool was_asked(const Question&);

  // In the order of asking, each once.
  const std::vector<Question>& wanted() const { return wanted_; }
  // Checks that were not made because the server could not tell, by reason, with the words of the first.
  struct Open {
    std::size_t checks = 0;
    std::string words;
  };
  const std::map<NoAnswerReason, Open>& open() const { return open_; }
  // What another pass, over another file, has left open.
  void add(const Inquiry& other);

 private:
  template <class Kind>
  const Kind* take(const Question& question, bool needed) {
    const Answer* answer = find(question, needed);
    return answer == nullptr ? nullptr : std::get_if<Kind>(answer);
  }
  // Null where there is no answer.
  const Answer* find(const Question&, bool needed);

  const Answers& answers_;
  std::vector<Question> wanted_;
  std::set<Question> seen_;
  std::map<NoAnswerReason, Open> open_;
};

}  // namespace tocsin
