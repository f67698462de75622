#include "router/deadlines.h"

#include <doctest/doctest.h>

#include <deque>
#include <random>
#include <set>
#include <tuple>

#include "router/alert_book.h"
#include "router/group.h"
#include "tests/router/router_story.h"

using namespace tocsin;

namespace {

Deadline ends(AlertEntry& entry) {
  return {.kind = Deadline::Kind::kAlertEnds, .serial = entry.serial, .alert = &entry};
}

std::deque<AlertEntry> entries(std::size_t count) {
  std::deque<AlertEntry> all(count);
  for (std::size_t i = 0; i < count; ++i) all[i].serial = i + 1;
  return all;
}

}  // namespace

TEST_CASE("Deadlines come in order of time, whatever was moved to where and however often") {
  std::mt19937_64 chance(11);
  std::deque<AlertEntry> all = entries(300);
  Deadlines deadlines;
  std::set<std::tuple<TimePoint, std::uint64_t>> model;
  for (int i = 0; i < 30000; ++i) {
    AlertEntry& entry = all[chance() % all.size()];
    const TimePoint wanted = chance() % 5 == 0 ? kNever : at(static_cast<double>(chance() % 1000));
    if (entry.scheduled.at != kNever) model.erase({entry.scheduled.at, entry.serial});
    deadlines.move(ends(entry), entry.scheduled, wanted);
    if (wanted != kNever) model.insert({wanted, entry.serial});
    CHECK(deadlines.next() == (model.empty() ? kNever : std::get<0>(*model.begin())));
  }
  while (const auto due = deadlines.due(at(1000))) {
    REQUIRE(!model.empty());
    CHECK(due->at == std::get<0>(*model.begin()));
    CHECK(due->serial == std::get<1>(*model.begin()));
    CHECK(due->alert->serial == due->serial);
    model.erase(model.begin());
    deadlines.move(ends(*due->alert), due->alert->scheduled, kNever);
  }
  CHECK(model.empty());
  CHECK(deadlines.next() == kNever);
}

TEST_CASE("At equal times alerts end first, then groups flush, then deliveries are tried again") {
  std::deque<AlertEntry> all = entries(2);
  Group group(GroupTerms{}, 1);
  GroupIntegration integration;
  Deadlines deadlines;
  deadlines.move({.kind = Deadline::Kind::kRetry, .serial = 1, .group = &group, .integration = &integration},
                 integration.scheduled, at(5));
  deadlines.move({.kind = Deadline::Kind::kFlush, .serial = 1, .group = &group}, group.scheduled, at(5));
  deadlines.move(ends(all[1]), all[1].scheduled, at(5));
  deadlines.move(ends(all[0]), all[0].scheduled, at(1));
  deadlines.move(ends(all[0]), all[0].scheduled, at(5));  // later: it is found where it belongs
  CHECK(!deadlines.due(at(4)));
  CHECK(deadlines.due(at(5))->alert == &all[0]);
  deadlines.move(ends(all[0]), all[0].scheduled, kNever);
  CHECK(deadlines.due(at(5))->alert == &all[1]);
  deadlines.move(ends(all[1]), all[1].scheduled, kNever);
  CHECK(deadlines.due(at(5))->kind == Deadline::Kind::kFlush);
  CHECK(deadlines.due(at(5))->group == &group);
  deadlines.move({.kind = Deadline::Kind::kFlush, .serial = 1, .group = &group}, group.scheduled, at(9));
  CHECK(deadlines.due(at(5))->integration == &integration);
  CHECK(deadlines.due(at(5))->group == &group);
}
