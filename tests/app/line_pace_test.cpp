#include "app/line_pace.h"

#include <doctest/doctest.h>

#include <vector>

using tocsin::LinePace;

TEST_CASE("a line that gets nothing done is served by one more at each look, up to the limit") {
  LinePace pace;
  pace.look(50, 32);
  CHECK(pace.at_once() == 1);  // they may have come just now
  for (std::size_t looks = 1; looks < 32; ++looks) {
    pace.look(50, 32);
    CHECK(pace.at_once() == looks + 1);
  }
  for (int looks = 0; looks < 10; ++looks) pace.look(50, 32);
  CHECK(pace.at_once() == 32);
}

TEST_CASE("a line that gets done within ten looks is left as it is") {
  struct Row {
    std::size_t waiting;
    int ended;
    bool more;
  };
  for (const auto& [waiting, ended, more] :
       {Row{1, 0, true}, Row{1, 1, false}, Row{10, 1, false}, Row{11, 1, true}, Row{50, 5, false},
        Row{51, 5, true}, Row{0, 0, false}}) {
    CAPTURE(waiting);
    LinePace pace;
    pace.look(waiting, 32);
    for (int i = 0; i < ended; ++i) pace.one_ended();
    pace.look(waiting, 32);
    CHECK(pace.at_once() == (more ? 2 : 1));
  }
}
