#include "tests/scenarios/scenario_script.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin {
namespace {

ScenarioLines split_lines(std::string_view text) {
  ScenarioLines lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

// Lines that both have stand plain, what was expected and did not come with -, what came unexpected with +.
std::string difference(const ScenarioLines& expected, const ScenarioLines& came) {
  // longest[i][j]: of the longest common part of what follows.
  std::vector<std::vector<std::size_t>> longest(expected.size() + 1,
                                                std::vector<std::size_t>(came.size() + 1));
  for (std::size_t i = expected.size(); i-- > 0;) {
    for (std::size_t j = came.size(); j-- > 0;) {
      longest[i][j] =
          expected[i] == came[j] ? longest[i + 1][j + 1] + 1 : std::max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  std::string text;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < expected.size() || j < came.size()) {
    const bool both = i < expected.size() && j < came.size() && expected[i] == came[j];
    const bool missing =
        !both && i < expected.size() && (j == came.size() || longest[i + 1][j] >= longest[i][j + 1]);
    text += fmt::format("    {} {}\n",
                        both      ? " "
                        : missing ? "-"
                                  : "+",
                        missing || both ? expected[i] : came[j]);
    if (both || missing) ++i;
    if (!missing) ++j;
  }
  return text;
}

class Player {
 public:
  Player(std::string_view name, std::string_view text, const CarryOut& carry_out)
      : name_(name), lines_(split_lines(text)), carry_out_(carry_out) {}

  ScenarioOutcome play() {
    while (at_ < lines_.size()) {
      const std::string& line = lines_[at_];
      // The first line is the sentence.
      const bool plain = at_ == 0 || line.empty() || line.starts_with('#');
      if (plain || line.starts_with('|')) {
        if (!plain)
          outcome_.report += fmt::format("{}:{}: an expected line without a command\n", name_, at_ + 1);
        keep_line();
      } else {
        play_command();
      }
    }
    return std::move(outcome_);
  }

 private:
  void keep_line() { outcome_.rewritten += lines_[at_++] + "\n"; }

  void play_command() {
    const ScenarioCommand command = read_command();
    ScenarioLines expected;
    while (at_ < lines_.size() && lines_[at_].starts_with('|')) {
      const std::string& line = lines_[at_++];
      expected.push_back(line.substr(std::min<std::size_t>(line.size(), 2)));
    }
    const ScenarioLines came = carry_out_(command);
    for (const std::string& line : came) outcome_.rewritten += "| " + line + "\n";
    if (came == expected) return;
    outcome_.report +=
        fmt::format("{}:{}: {}\n{}", name_, command.line, command.text, difference(expected, came));
  }

  ScenarioCommand read_command() {
    ScenarioCommand command{static_cast<int>(at_) + 1, lines_[at_], ""};
    keep_line();
    const std::size_t heredoc = command.text.find(" <<");
    if (heredoc == std::string::npos) return command;
    const std::string word = command.text.substr(heredoc + 3);
    command.text.resize(heredoc);
    while (at_ < lines_.size() && lines_[at_] != word) {
      command.block += lines_[at_] + "\n";
      keep_line();
    }
    if (at_ < lines_.size())
      keep_line();
    else
      outcome_.report +=
          fmt::format("{}:{}: the block has no end: {} is missing\n", name_, command.line, word);
    return command;
  }

  std::string_view name_;
  ScenarioLines lines_;
  const CarryOut& carry_out_;
  std::size_t at_ = 0;
  ScenarioOutcome outcome_;
};

}  // namespace

ScenarioOutcome play(std::string_view name, std::string_view text, const CarryOut& carry_out) {
  return Player(name, text, carry_out).play();
}

}  // namespace tocsin
