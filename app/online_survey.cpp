#include "app/online_survey.h"

#include <algorithm>
#include <vector>

#include "app/parallel.h"

namespace tocsin {
namespace {

// So many rules at a time get all their answers: where the budget is too small for all, it serves the first
// ones entirely, and not all of them by half.
constexpr std::size_t kRulesAtATime = 100;

std::vector<OnlineSubject> subjects_of(std::span<const SurveyedFile> files, const OnlineOptions& options) {
  std::vector<OnlineSubject> subjects;
  for (const SurveyedFile& one : files) {
    for (const CheckedGroup& group : one.file->groups) {
      for (const CheckedRule& rule : group.rules) {
        if (!options.left_out.contains(&rule))
          subjects.push_back({one.file, &group, &rule, one.evaluated_by_server});
      }
    }
  }
  return subjects;
}

// What the checks want to know, and what they will never know, with the answers so far.
Inquiry pass(std::span<const OnlineSubject> subjects, const Survey& survey) {
  std::vector<Inquiry> inquiries(subjects.size(), Inquiry(survey.answers));
  in_parallel(subjects.size(), [&](std::size_t i) {
    Problems not_yet;
    find_online(subjects[i], survey.options, inquiries[i], not_yet);
  });
  Inquiry all(survey.answers);
  for (const Inquiry& one : inquiries) all.add(one);
  return all;
}

// Until the checks of these rules know all that they will.
void answer_all(std::span<const OnlineSubject> subjects, Survey& survey, PrometheusDesk& desk) {
  for (;;) {
    std::vector<Question> questions = pass(subjects, survey).wanted();
    if (questions.empty()) return;
    // What all rules need comes first.
    std::ranges::stable_sort(questions, {}, &Question::kind);
    std::vector<Answer> answers = desk.ask(questions);
    for (std::size_t i = 0; i < questions.size(); ++i)
      survey.answers.emplace(questions[i], std::move(answers[i]));
  }
}

// The clock of the server counts: at a time that lies ahead of it there are no series.
void set_clock(OnlineOptions& options, PrometheusDesk& desk) {
  const Answer answer = desk.ask({{Question::Kind::kTime, "", ""}}).front();
  const auto* told = std::get_if<Evaluated>(&answer);
  if (told == nullptr || told->series.size() != 1) return;
  if (!(told->sum() > 0 && told->sum() < kEndOfTime)) return;  // NaN, and what no clock shows
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
  const std::vector<OnlineSubject> subjects = subjects_of(files, survey.options);
  const std::span<const OnlineSubject> all(subjects);
  for (std::size_t begin = 0; begin < all.size(); begin += kRulesAtATime)
    answer_all(all.subspan(begin, std::min(kRulesAtATime, all.size() - begin)), survey, desk);
  survey.open = pass(all, survey).open();
  return survey;
}

void add_survey_problems(const Survey& survey, const std::string& server, const std::string& file,
                         Problems& problems) {
  if (!survey.unreachable.empty()) add_unreachable(server, survey.unreachable, file, problems);
  add_unknown(survey.open, file, problems);
}

}  // namespace tocsin
