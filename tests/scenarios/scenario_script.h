// A scenario as text: a sentence, then commands, each followed by the lines ("| …") that it is expected to
// bring. This file knows the form only: it takes a text apart, puts it together again with the lines that
// really came, and shows the difference. What commands mean is the Stage's.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

struct ScenarioCommand {
  int line = 0;  // counts from 1
  std::string text;
  std::string block;  // of a heredoc: COMMAND <<WORD … WORD
};

using ScenarioLines = std::vector<std::string>;
// Carries out one command: the lines that it brought.
using CarryOut = std::function<ScenarioLines(const ScenarioCommand&)>;

struct ScenarioOutcome {
  std::string report;     // what differs, readable; empty: all is as expected
  std::string rewritten;  // the text with the lines that came
};

ScenarioOutcome play(std::string_view name, std::string_view text, const CarryOut&);

}  // namespace tocsin
