#include "router/silences.h"

#include <doctest/doctest.h>

#include "tests/router/silence_testing.h"

using namespace tocsin;

TEST_CASE("A silence mutes from its start up to its end") {
  SilenceStory story;
  CHECK(*story.sets(silence(R"(alertname="A")", 100, 200), 0) == "id1");
  struct Row {
    double second;
    bool mutes;
    SilenceState state;
  };
  for (Row row : {Row{0, false, SilenceState::kPending}, Row{99.9, false, SilenceState::kPending},
                  Row{100, true, SilenceState::kActive}, Row{199.9, true, SilenceState::kActive},
                  Row{200, false, SilenceState::kExpired}}) {
    CAPTURE(row.second);
    story.advances(row.second);
    CHECK(story.silences.mutes(named("A"), at(row.second)) == row.mutes);
    CHECK(story.silences.find("id1")->state(at(row.second)) == row.state);
    CHECK_FALSE(story.silences.mutes(named("B"), at(row.second)));
  }
  CHECK(story.said() == "SilenceSet id1\nSilenceStarted id1\nSilenceExpired id1: its end has come\n");
}

TEST_CASE("What may be changed about a silence in place, and what makes a new one, is as in Alertmanager") {
  struct Row {
    std::string name;
    double start, end;  // of the old one
    double now;         // of the change
    std::string matchers;
    double new_start, new_end;
    std::string id;  // in force afterwards; "": refused
    double start_in_force;
  };
  const std::string same = R"(alertname="A",job="b")";
  for (const Row& row : {
           Row{"active, later end", 0, 100, 50, same, 0, 500, "id1", 0},
           Row{"active, earlier end", 0, 100, 50, same, 0, 60, "id1", 0},
           Row{"active, ends now", 0, 100, 50, same, 0, 50, "id1", 0},
           Row{"active, end in the past", 0, 100, 50, same, 0, 49, "", 0},
           Row{"active, same second of the start", 0.25, 100, 50, same, 0.9, 100, "id1", 0.25},
           Row{"active, other start", 0, 100, 50, same, 1, 100, "id2", 50},
           Row{"active, start moved to the future", 0, 100, 50, same, 70, 100, "id2", 70},
           Row{"active, other value", 0, 100, 50, R"(alertname="A",job="c")", 0, 100, "id2", 50},
           Row{"active, other operator", 0, 100, 50, R"(alertname="A",job=~"b")", 0, 100, "id2", 50},
           Row{"active, other order", 0, 100, 50, R"(job="b",alertname="A")", 0, 100, "id2", 50},
           Row{"pending, later start", 60, 100, 50, same, 70, 100, "id1", 70},
           Row{"pending, starts now", 60, 100, 50, same, 50, 100, "id1", 50},
           Row{"pending, start in the past", 60, 100, 50, same, 49, 100, "id2", 50},
           Row{"pending, other value", 60, 100, 50, R"(alertname="A",job="c")", 60, 100, "id2", 60},
           Row{"expired, same", 0, 40, 50, same, 0, 40, "", 0},
           Row{"expired, later end", 0, 40, 50, same, 0, 100, "id2", 50},
           Row{"expired, later start", 0, 40, 50, same, 60, 100, "id2", 60},
       }) {
    CAPTURE(row.name);
    SilenceStory story;
    CHECK(*story.sets(silence(same, row.start, row.end), row.start) == "id1");
    story.ids = 1;
    story.advances(row.now);
    story.said();
    Silence wanted = silence(row.matchers, row.new_start, row.new_end);
    wanted.id = "id1";
    wanted.comment = "changed";
    wanted.created_by = "bob";
    wanted.annotations = {{"ticket", "7"}};
    auto id = story.sets(wanted, row.now);
    if (row.id.empty()) {
      REQUIRE_FALSE(id);
      CHECK(id.error().kind == SilenceFailure::kInvalid);
      CHECK(story.said() == "");
      CHECK(story.silences.all().size() == 1);
      continue;
    }
    REQUIRE(id);
    CHECK(*id == row.id);
    const Silence& in_force = *story.silences.find(*id);
    CHECK(in_force.starts_at == at(row.start_in_force));
    CHECK(in_force.ends_at == at(row.new_end));
    CHECK(in_force.updated_at == at(row.now));
    CHECK(in_force.comment == "changed");
    CHECK(in_force.created_by == "bob");
    CHECK(in_force.annotations.at("ticket") == "7");
    bool in_place = row.id == "id1";
    bool was_over = row.end <= row.now;
    CHECK(story.said() == (in_place   ? "SilenceSet id1: updated\n"
                           : was_over ? "SilenceSet id2\n"
                                      : "SilenceExpired id1: replaced by id2\nSilenceSet id2\n"));
    if (!in_place) CHECK(story.silences.find("id1")->state(at(row.now)) == SilenceState::kExpired);
    CHECK(story.records.size() == (in_place ? 1 : 2));
  }
}

TEST_CASE("A pending silence that is changed to mute something else moves in the index") {
  SilenceStory story;
  Silence first = silence(R"(alertname="A")", 60, 100);
  first.matcher_sets.push_back(matchers(R"(alertname="B")"));
  story.sets(first, 0);
  first.id = "id1";
  first.starts_at = at(50);
  CHECK(*story.sets(first, 10) == "id1");
  CHECK(story.silences.mutes(named("B"), at(55)));
  first.matcher_sets.pop_back();
  CHECK(*story.sets(first, 20) == "id3");
  CHECK_FALSE(story.silences.mutes(named("B"), at(55)));
  CHECK(story.silences.muting(named("A"), at(55)) == std::vector<std::string>{"id3"});
}

TEST_CASE("A silence without a start begins now") {
  SilenceStory story;
  Silence wanted = silence(R"(alertname="A")", 0, 100);
  wanted.starts_at = kNoTime;
  story.sets(wanted, 10);
  CHECK(story.silences.find("id1")->starts_at == at(10));
  CHECK(story.silences.mutes(named("A"), at(10)));
}

TEST_CASE("An id that is not known is not found, for a change and for an expiry") {
  SilenceStory story;
  Silence wanted = silence(R"(alertname="A")", 0, 100);
  wanted.id = "gone";
  CHECK(story.sets(wanted, 0).error().kind == SilenceFailure::kNotFound);
  CHECK(story.expires("gone", 0).error().kind == SilenceFailure::kNotFound);
  CHECK(story.said() == "");
}

TEST_CASE("An active silence expires at once, a pending one as if it had never been, an expired one stays") {
  SilenceStory story;
  story.sets(silence(R"(alertname="A")", 0, 100), 0);
  story.sets(silence(R"(alertname="B")", 50, 100), 0);
  CHECK(story.expires("id1", 10));
  CHECK(story.expires("id2", 10));
  CHECK_FALSE(story.silences.mutes(named("A"), at(10)));
  CHECK_FALSE(story.silences.mutes(named("B"), at(60)));
  CHECK(story.silences.find("id1")->starts_at == at(0));
  CHECK(story.silences.find("id1")->ends_at == at(10));
  CHECK(story.silences.find("id2")->starts_at == at(10));
  CHECK(story.silences.find("id2")->ends_at == at(10));
  story.said();
  CHECK(story.expires("id1", 20));
  CHECK(story.silences.find("id1")->ends_at == at(10));
  story.advances(200);
  CHECK(story.said() == "");
}

TEST_CASE("An expired silence is kept for the retention, then forgotten with its record") {
  SilenceStory story;
  story.silences.retain(std::chrono::seconds(50));
  story.sets(silence(R"(alertname="A")", 0, 100), 0);
  story.advances(149);
  CHECK(story.silences.find("id1") != nullptr);
  CHECK(story.silences.next_deadline() == at(150));
  story.advances(150);
  CHECK(story.silences.find("id1") == nullptr);
  CHECK(story.records.empty());
  CHECK(story.silences.next_deadline() == kNever);
}

TEST_CASE("A silence that never ends does not overflow") {
  SilenceStory story;
  Silence wanted = silence(R"(alertname="A")", 0, 100);
  wanted.ends_at = kNever;
  CHECK(story.sets(wanted, 0));
  story.restarts(10);
  CHECK(story.silences.mutes(named("A"), at(20)));
  CHECK(story.silences.next_deadline() == kNever);
  CHECK(story.expires("id1", 30));
}

TEST_CASE("Only pending and active silences count towards the limit") {
  SilenceStory story;
  story.silences.limit({2, 0});
  story.sets(silence(R"(alertname="A")", 0, 100), 0);
  story.sets(silence(R"(alertname="B")", 50, 100), 0);
  auto refused = story.sets(silence(R"(alertname="C")", 0, 100), 10);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == SilenceFailure::kLimit);
  CHECK(refused.error().message ==
        "there are 2 pending and active silences, and --silences.max-silences allows 2: expire some that are "
        "no longer needed");
  Silence instead = silence(R"(alertname="D")", 0, 100);
  instead.id = "id1";
  CHECK(story.sets(instead, 10));  // its predecessor makes room
  story.expires("id2", 20);
  CHECK(story.sets(silence(R"(alertname="C")", 0, 100), 20));
}

TEST_CASE("A refused replacement leaves the old silence in force") {
  SilenceStory story;
  story.sets(silence(R"(alertname="A")", 0, 100), 0);
  story.silences.limit({0, 60});
  Silence wanted = silence(R"(alertname="B")", 0, 100);
  wanted.id = "id1";
  wanted.comment = std::string(100, 'x');
  CHECK(story.sets(wanted, 10).error().kind == SilenceFailure::kLimit);
  wanted.matcher_sets = {matchers(R"(alertname="A")")};
  CHECK(story.sets(wanted, 10).error().kind == SilenceFailure::kLimit);
  CHECK(story.silences.mutes(named("A"), at(10)));
  CHECK(story.silences.find("id1")->comment == "deploy");
}

TEST_CASE("Silences outlive a restart, and what happened meanwhile is told then") {
  SilenceStory story;
  Silence rich = silence(R"(alertname="A",x=~"a|b",y!="c\n",z!~"d\"")", 0, 1000);
  rich.matcher_sets.push_back(matchers(R"("with blank"="ü")"));
  rich.annotations = {{"k", "v"}, {"", ""}};
  story.sets(rich, 0);
  story.sets(silence(R"(alertname="B")", 50, 100), 0);
  story.sets(silence(R"(alertname="C")", 50, 1000), 0);
  story.sets(silence(R"(alertname="D")", 0, 100), 0);
  story.sets(silence(R"(alertname="E")", 0, 100), 0);
  story.expires("id5", 5);
  std::vector<Silence> before = story.silences.all();
  story.said();
  story.restarts(200);
  CHECK(story.silences.all() == before);
  CHECK(story.said() ==
        "SilenceExpired id2: its end has come\nSilenceStarted id3\nSilenceExpired id4: its end has come\n");
  story.restarts(300);
  CHECK(story.said() == "");
  CHECK(story.silences.mutes(Labels{{"with blank", "ü"}}, at(300)));
  CHECK(story.silences.counts(at(300)).active == 2);
  CHECK(story.silences.counts(at(300)).expired == 3);
}

TEST_CASE("A clock that was set back over a restart neither ends nor revives a silence") {
  SilenceStory story;
  story.sets(silence(R"(alertname="A")", 1000, 5000), 1000);
  story.sets(silence(R"(alertname="B")", 1000, 5000), 1000);
  story.expires("id2", 2000);
  story.restarts(10);
  CHECK(story.silences.mutes(named("A"), at(10)));
  CHECK_FALSE(story.silences.mutes(named("B"), at(10)));
  CHECK(story.silences.find("id2")->state(at(10)) == SilenceState::kExpired);
}

TEST_CASE("A record that cannot be read is told and removed") {
  struct Row {
    std::string value, reason;
  };
  for (
      const Row& row : {
          Row{"", "not valid JSON"},
          Row{"[]", "not an object"},
          Row{R"({"state":"asleep"})", "unknown state"},
          Row{R"({"state":"active","matcher_sets":[[{"name":"a","operator":"~","value":"b"}]]})",
              "unknown operator"},
          Row{R"({"state":"active","matcher_sets":[[{"name":"a","operator":"=~","value":"("}]]})",
              "missing )"},
          Row{R"({"state":"active","matcher_sets":[],"starts_at":1,"ends_at":2})", "no matchers"},
          Row{R"({"state":"active","matcher_sets":[[{"name":"a","operator":"=","value":"b"}]],"ends_at":2})",
              "without start"},
          Row{R"({"state":"active","matcher_sets":[[{"name":"a","operator":"=","value":"b"}]],"starts_at":2})",
              "no end"},
      }) {
    CAPTURE(row.value);
    Silences silences;
    RouterOutput out;
    silences.restore(std::vector<Record>{{"silence", "id1", row.value}, {"alert", "x", "y"}}, at(0), out);
    REQUIRE(out.notices.size() == 1);
    CHECK(out.notices[0].kind == NoticeKind::kStoreFailed);
    CHECK(out.notices[0].subject == "silence/id1");
    CHECK_MESSAGE(out.notices[0].detail("reason").find(row.reason) != std::string::npos,
                  out.notices[0].detail("reason"));
    CHECK(out.records == std::vector<Record>{{"silence", "id1", std::nullopt}});
    CHECK(silences.all().empty());
  }
}

TEST_CASE("The version grows with every change of what is muted") {
  SilenceStory story;
  std::size_t last = story.silences.version();
  auto grew = [&] { return std::exchange(last, story.silences.version()) < story.silences.version(); };
  story.sets(silence(R"(alertname="A")", 50, 100), 0);
  CHECK(grew());
  story.advances(49);
  CHECK_FALSE(grew());
  story.advances(50);
  CHECK(grew());
  story.advances(100);
  CHECK(grew());
  story.sets(silence(R"(alertname="A")", 110, 200), 110);
  CHECK(grew());
  story.expires("id2", 120);
  CHECK(grew());
  story.expires("id2", 120);
  CHECK_FALSE(grew());
}

TEST_CASE("A notice tells what was silenced, by whom, why and for how long") {
  SilenceStory story;
  Silence wanted = silence(R"(alertname="A")", 0, 3600);
  wanted.expire_when_idle = std::chrono::hours(2);
  story.sets(wanted, 0);
  REQUIRE(story.notices.size() == 1);
  CHECK(story.notices[0].to_string() ==
        R"(SilenceSet id1 change=new matchers="{alertname=\"A\"}" until=2023-11-14T23:13:20Z or_idle_for=2h )"
        R"(by=ann comment=deploy)");
  story.said();
  Silence broad = silence(R"(team!="db")", 0, 3600);
  story.sets(broad, 0);
  CHECK(story.notices[0].detail("warning") == "it mutes nearly everything");
}

TEST_CASE("One output holds one record per silence, however often it changes") {
  Silences silences;
  RouterOutput out;
  Silence wanted = silence(R"(alertname="A")", 10, 20);
  silences.set(wanted, "id1", at(0), {}, out);
  silences.advance(at(10), out);
  silences.expire("id1", at(11), out);
  CHECK(out.records.size() == 1);
  CHECK(out.notices.size() == 3);
  silences.advance(at(11 + 121 * 3600), out);
  CHECK(out.records == std::vector<Record>{{"silence", "id1", std::nullopt}});
}
