#include "app/online_survey.h"

#include <algorithm>
#include <vector>

#include "app/parallel.h"

namespace tocsin {
namespace {

// What the checks want to know, and what they will never know, with the answers so far.
Inquiry pass(std::span<const SurveyedFile> files, const Survey& survey) {
  std::vector<Inquiry> inquiries(files.size(), Inquiry(survey.answers));
  in_parallel(files.size(), [&](std::size_t i) {
    Problems not_yet;
    find_online(*files[i].file, survey.options, files[i].evaluated_by_server, inquiries[i], not_yet);
  });
  Inquiry all(survey.answers);
  for (const Inquiry& one : inquiries) all.add(one);
  return all;
}

// The clock of the server counts: at a time that lies ahead of it there are no series.
void set_clock(OnlineOptions& options, PrometheusDesk& desk) {
  const Answer answer = desk.ask({{Question::Kind::kTime, "", ""}}).front();
  const auto* told = std::get_if<Evaluated>(&answer);
  if (told == nullptr || told->series.size() != 1 || told->sum() <= 0) return;
  options.time.now = TimePoint(from_seconds(told->sum()));
  desk.set_time(options.time);
}

bool nobody_there(const NoAnswer& none) {
  return none.reason == NoAnswerReason::kUnreachable || none.reason == NoAnswerReason::kTimedOut;
}

}  // namespace

Survey take_survey(std::span<const SurveyedFile> files, OnlineOptions options, PrometheusDesk& desk) {
  Survey survey{std::move(options), {}, {}, ""};
  for (const SurveyedFile& one : files) add_recorded(*one.file, survey.options.recorded);
  // One question alone tells whether anybody is there.
  const Question first{Question::Kind::kBuild, "", ""};
  Answer build = desk.ask({first}).front();
  if (const auto* none = std::get_if<NoAnswer>(&build); none != nullptr && nobody_there(*none)) {
    survey.unreachable = none->words;
    return survey;
  }
  survey.answers.emplace(first, std::move(build));
  set_clock(survey.options, desk);
  for (;;) {
    const Inquiry inquiry = pass(files, survey);
    std::vector<Question> questions = inquiry.wanted();
    if (questions.empty()) {
      survey.open = inquiry.open();
      return survey;
    }
    // A small budget goes to what all rules need.
    std::ranges::stable_sort(questions, {}, &Question::kind);
    std::vector<Answer> answers = desk.ask(questions);
    for (std::size_t i = 0; i < questions.size(); ++i)
      survey.answers.emplace(questions[i], std::move(answers[i]));
  }
}

void add_survey_problems(const Survey& survey, const std::string& server, const std::string& file,
                         Problems& problems) {
  if (!survey.unreachable.empty()) add_unreachable(server, survey.unreachable, file, problems);
  add_unknown(survey.open, file, problems);
}

}  // namespace tocsin
