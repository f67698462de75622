// Plays every scenario of this folder. With TOCSIN_UPDATE_SCENARIOS=1 in the environment the expected lines
// are written anew: read the difference before you commit it.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/scenarios/scenario_script.h"
#include "tests/scenarios/stage.h"

using namespace tocsin;

namespace {

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

ScenarioOutcome play_on_stage(const std::string& name, const std::string& text) {
  Stage stage;
  return play(name, text, [&stage](const ScenarioCommand& command) { return stage.carry_out(command); });
}

}  // namespace

TEST_CASE("every scenario goes as it is written") {
  std::set<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator("tests/scenarios")) {
    if (entry.path().extension() == ".txt") paths.insert(entry.path());
  }
  CHECK(paths.size() >= 12);
  for (const auto& path : paths) {
    const std::string text = read_text(path);
    const ScenarioOutcome outcome = play_on_stage(path.string(), text);
    CHECK_MESSAGE(outcome.rewritten.find("| !!") == std::string::npos, path.string(),
                  ": a command went wrong");
    if (std::getenv("TOCSIN_UPDATE_SCENARIOS") != nullptr) {
      if (outcome.rewritten != text) std::ofstream(path) << outcome.rewritten;
    } else if (!outcome.report.empty()) {
      FAIL_CHECK(outcome.report);
    }
  }
}

TEST_CASE("a scenario that goes otherwise shows what is missing and what came instead") {
  const CarryOut two_lines = [](const ScenarioCommand& command) {
    return ScenarioLines{command.text + " one", command.text + " two"};
  };
  const ScenarioOutcome outcome = play("x.txt", "A sentence.\n\nact\n| act one\n| act three\n", two_lines);
  CHECK(outcome.report == "x.txt:3: act\n      act one\n    - act three\n    + act two\n");
  CHECK(outcome.rewritten == "A sentence.\n\nact\n| act one\n| act two\n");
  CHECK(play("x.txt", outcome.rewritten, two_lines).report == "");
}

TEST_CASE("blocks reach their command, and one without an end is reported") {
  std::string got;
  const CarryOut keep = [&got](const ScenarioCommand& command) {
    got = command.text + ":" + command.block;
    return ScenarioLines{};
  };
  CHECK(play("x.txt", "A sentence.\nfile a.yml <<END\na: 1\n| b\nEND\n", keep).report == "");
  CHECK(got == "file a.yml:a: 1\n| b\n");
  CHECK(play("x.txt", "A sentence.\nfile a.yml <<END\na: 1\n", keep).report ==
        "x.txt:2: the block has no end: END is missing\n");
}

TEST_CASE("a command that nobody understands is said so") {
  CHECK(play_on_stage("x.txt", "A sentence.\nprometheus sings\n").report ==
        "x.txt:2: prometheus sings\n    + !! this command is not understood (see README.md): prometheus "
        "sings\n");
}
