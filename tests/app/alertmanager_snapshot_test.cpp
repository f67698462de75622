#include "app/alertmanager_snapshot.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "router/imported_log.h"

using namespace tocsin;

namespace {

// What Alertmanager 0.25 wrote at its end, of silences that amtool had made: one active with every operator,
// one pending, one expired by hand.
constexpr std::string_view kSilencesFile =
    "ac010a9b010a2437653538366130662d636332392d343138622d383166382d663237383838383032633333120f1209616c657274"
    "6e61"
    "6d651a025570120c080112036a6f621a03617c62120808021201781a0179120a080312017a1a03712e2a1a0c0893fda1d80610a6"
    "bbb5"
    "9402220c08b3b5a2d80610c0f7ae8e022a0c0893fda1d80610a6bbb594024203616e6e4a0f736f6d6520636f6d6d656e7420c3bc"
    "120c"
    "08b3e4bcd80610c0f7ae8e026c0a620a2431316530633531632d343639632d343831662d383263382d3430393461373532353466"
    "3312"
    "121209616c6572746e616d651a054f746865721a0608a399a2d806220608c3d1a2d8062a0c0893fda1d80610c6aeb2b802420362"
    "6f62"
    "4a0374776f120608c380bdd8067f0a6f0a2438383635373532632d383730382d343766392d613961382d66336162326238393331"
    "6339"
    "12111209616c6572746e616d651a04476f6e651a0c0893fda1d806109df8fcd402220c0893fda1d80610c4a9f0e9022a0c0893fd"
    "a1d8"
    "0610c4a9f0e9024203626f624a057468726565120c0893acbcd80610c4a9f0e902";

// The same, of a webhook that was told of two firing alerts, and of one that had resolved before.
constexpr std::string_view kNflogFile =
    "5b0a4b0a157b7d3a7b616c6572746e616d653d22446f776e227d120f0a04686f6f6b1207776562686f6f6b2a0c0894fda1d80610"
    "d691"
    "eed8013213efc2b0a098e6a38eea0187a2a9d0faa7ccd820120c08b4b5a2d80610d691eed801520a420a167b7d3a7b616c657274"
    "6e61"
    "6d653d2253686f7274227d120f0a04686f6f6b1207776562686f6f6b2a0c0897fda1d80610abc1b483023a09b3c8ebc988c8869e"
    "7e12"
    "0c08b7b5a2d80610abc1b48302";

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

// Protobuf fields, as many as a message needs; a message is the fields behind each other.
std::string field(unsigned number, std::string_view content) {
  return varint(number << 3 | 2) + varint(content.size()) + std::string(content);
}
std::string field(unsigned number, std::uint64_t value) {
  return varint(number << 3) + varint(value);
}
std::string frame(std::string_view message) {
  return varint(message.size()) + std::string(message);
}

std::string seconds(std::uint64_t count) {
  return field(1, count);
}
std::string matcher(std::uint64_t type, std::string_view name, std::string_view pattern) {
  return (type == 0 ? "" : field(1, type)) + field(2, name) + field(3, pattern);
}
std::string silence_file(std::string_view fields, std::string_view id = "id1") {
  return frame(
      field(1, field(1, id) + field(3, seconds(100)) + field(4, seconds(200)) + std::string(fields)));
}
std::string only_problem(const AlertmanagerSnapshot<Silence>& snapshot) {
  return snapshot.problems.size() == 1 ? snapshot.problems[0] : std::to_string(snapshot.problems.size());
}

const std::string kGood = field(2, matcher(0, "a", "b"));

}  // namespace

TEST_CASE("the silences of a real Alertmanager are read") {
  const auto snapshot = read_silences_snapshot(bytes_of(kSilencesFile));
  CHECK(snapshot.problems.empty());
  REQUIRE(snapshot.entries.size() == 3);
  const Silence& first = snapshot.entries[0];
  CHECK(first.id == "7e586a0f-cc29-418b-81f8-f27888802c33");
  CHECK(matchers_text(first) == R"({alertname="Up",job=~"a|b",x!="y",z!~"q.*"})");
  CHECK(format_rfc3339(first.starts_at) == "2026-11-26T18:46:43.579689894Z");
  CHECK(format_rfc3339(first.ends_at) == "2026-11-26T20:46:43.567Z");
  CHECK(first.updated_at == first.starts_at);
  CHECK(first.created_by == "ann");
  CHECK(first.comment == "some comment ü");
  CHECK(first.annotations.empty());
  CHECK(matchers_text(snapshot.entries[1]) == R"({alertname="Other"})");
  CHECK(snapshot.entries[1].state(first.ends_at - std::chrono::minutes(70)) == SilenceState::kPending);
  CHECK(matchers_text(snapshot.entries[2]) == R"({alertname="Gone"})");
  CHECK(snapshot.entries[2].state(first.ends_at - std::chrono::minutes(70)) == SilenceState::kExpired);
}

TEST_CASE("our count of a silence's bytes is what Alertmanager writes") {
  const std::string file = bytes_of(kSilencesFile);
  const auto snapshot = read_silences_snapshot(file);
  std::size_t total = 0;
  for (const Silence& silence : snapshot.entries) {
    const std::size_t bytes = silence_bytes(silence, std::chrono::hours(120));
    // In front of the matchers of a set newer ones write two bytes more, in front of all their length.
    total += varint(bytes - 2).size() + bytes - 2;
  }
  CHECK(total == file.size());
}

TEST_CASE("the notifications of a real Alertmanager are read") {
  const auto snapshot = read_nflog_snapshot(bytes_of(kNflogFile));
  CHECK(snapshot.problems.empty());
  REQUIRE(snapshot.entries.size() == 2);
  const NflogEntry& down = snapshot.entries[0];
  CHECK(down.group_key == R"({}:{alertname="Down"})");
  CHECK(down.group_name == "hook");
  CHECK(down.integration == "webhook");
  CHECK(down.idx == 0);
  CHECK(down.firing_alerts.size() == 2);
  CHECK(down.resolved_alerts.empty());
  CHECK(down.expires_at - down.timestamp == std::chrono::hours(2));
  CHECK(snapshot.entries[1].group_key == R"({}:{alertname="Short"})");
  CHECK(snapshot.entries[1].firing_alerts.empty());
  CHECK(snapshot.entries[1].resolved_alerts.size() == 1);
}

TEST_CASE("alerts are found in the notifications of a real Alertmanager") {
  const auto snapshot = read_nflog_snapshot(bytes_of(kNflogFile));
  REQUIRE(snapshot.entries.size() == 2);
  std::vector<std::uint64_t> down = {nflog_hash({{"alertname", "Down"}, {"instance", "a"}}),
                                     nflog_hash({{"alertname", "Down"}, {"instance", "b"}})};
  CHECK(std::is_permutation(down.begin(), down.end(), snapshot.entries[0].firing_alerts.begin(),
                            snapshot.entries[0].firing_alerts.end()));
  CHECK(snapshot.entries[1].resolved_alerts ==
        std::vector<std::uint64_t>{nflog_hash({{"alertname", "Short"}})});
}

TEST_CASE("hashes of label sets of any length are those of XXH64") {
  // From the reference implementation, of the bytes n 0xFF v… 0xFF.
  struct Row {
    std::size_t length;
    std::uint64_t hash;
  };
  for (const Row& row :
       {Row{0, 0x0aaaba08f0de1b37ULL}, Row{1, 0x63f2e060f274e61cULL}, Row{4, 0xaba1898fd4c08816ULL},
        Row{5, 0x0835a5e10f26d2a2ULL}, Row{12, 0x0f5dd01a4ec767c7ULL}, Row{28, 0xd4b042893e0659e3ULL},
        Row{29, 0xcee45c386d0f1e52ULL}, Row{32, 0xbf9803e731f10d5bULL}, Row{33, 0x4df1e1aee6c2784dULL},
        Row{61, 0xf9daf1c506307e14ULL}, Row{100, 0xcea10459979805a4ULL}}) {
    CAPTURE(row.length);
    CHECK(nflog_hash({{"n", std::string(row.length, 'v')}}) == row.hash);
  }
}

TEST_CASE("an empty file holds nothing, and nothing is wrong with it") {
  CHECK(read_silences_snapshot("").entries.empty());
  CHECK(read_silences_snapshot("").problems.empty());
  CHECK(read_nflog_snapshot("").problems.empty());
}

TEST_CASE("sets of matchers, annotations and fields that are not known yet are understood") {
  const std::string set_1 = field(1, matcher(0, "a", "b")) + field(1, matcher(3, "c", "d|e"));
  const std::string set_2 = field(1, matcher(1, "f", ".+"));
  // The old field mirrors the first set, as newer ones write it.
  const auto snapshot = read_silences_snapshot(
      silence_file(field(2, matcher(0, "a", "b")) + field(2, matcher(3, "c", "d|e")) + field(11, set_1) +
                   field(11, set_2) + field(10, field(1, "ticket") + field(2, "7")) +
                   field(10, field(1, "empty")) + field(8, "ann") + field(9, "why") + field(99, "new") +
                   field(98, 5)) +
      frame(field(1, field(1, "id2") + field(4, seconds(5)) + field(3, seconds(5)) + kGood) +
            field(7, "new")));
  CHECK(snapshot.problems.empty());
  REQUIRE(snapshot.entries.size() == 2);
  const Silence& silence = snapshot.entries[0];
  CHECK(matchers_text(silence) == R"({a="b",c!~"d|e"} or {f=~".+"})");
  CHECK(silence.annotations == std::map<std::string, std::string>{{"empty", ""}, {"ticket", "7"}});
  CHECK(silence.created_by == "ann");
  CHECK(silence.comment == "why");
  CHECK(silence.starts_at == TimePoint(std::chrono::seconds(100)));
  CHECK(silence.ends_at == TimePoint(std::chrono::seconds(200)));
}

TEST_CASE("of the comments of very old silences the first is kept") {
  const auto snapshot = read_silences_snapshot(
      silence_file(kGood + field(7, field(1, "ann") + field(2, "why") + field(3, seconds(1))) +
                   field(7, field(1, "bob") + field(2, "later"))));
  REQUIRE(snapshot.entries.size() == 1);
  CHECK(snapshot.entries[0].created_by == "ann");
  CHECK(snapshot.entries[0].comment == "why");
}

TEST_CASE("times beyond ours are never, and before everything") {
  const auto snapshot = read_silences_snapshot(
      frame(field(1, field(1, "id1") + field(3, seconds(1)) + field(4, seconds(9'300'000'000)) + kGood)) +
      frame(field(1, field(1, "id2") + field(3, seconds(static_cast<std::uint64_t>(-62135596800))) +
                         field(4, seconds(1)) + kGood)));
  REQUIRE(snapshot.entries.size() == 2);
  CHECK(snapshot.entries[0].ends_at == kNever);
  CHECK(snapshot.entries[1].starts_at == TimePoint());
}

TEST_CASE("a silence that cannot be used is left out with a reason, and the others are kept") {
  struct Row {
    std::string file;
    std::string_view problem;
  };
  for (const Row& row : {
           Row{silence_file(kGood, ""), "a silence without id"},
           Row{silence_file(""), "silence id1: no matchers"},
           Row{silence_file(field(2, matcher(1, "a", "("))),
               "silence id1: label \"a\": invalid regular expression"},
           Row{silence_file(field(11, field(1, matcher(7, "a", "b")))),
               "silence id1: a matcher of the unknown type 7"},
           Row{silence_file(field(2, matcher(0, "", "b"))), "silence id1: a matcher without a label name"},
           Row{silence_file(kGood + field(12, "x")), "silence id1: it is meant for some receivers only"},
           Row{frame(field(1, field(1, "id1") + field(3, seconds(1)) + kGood)), "silence id1: no end"},
           Row{frame(field(2, seconds(1))), "a silence is missing"},
           Row{frame(""), "a silence is missing"},
           Row{silence_file(field(2, 5)), "silence id1: no matchers"},
       }) {
    CAPTURE(row.problem);
    const auto snapshot =
        read_silences_snapshot(silence_file(kGood, "before") + row.file + silence_file(kGood, "after"));
    REQUIRE(snapshot.entries.size() == 2);
    CHECK(snapshot.entries[1].id == "after");
    const std::string at = "at byte " + std::to_string(silence_file(kGood, "before").size()) + ": ";
    const std::string problem = only_problem(snapshot);
    CHECK_MESSAGE(problem.starts_with(at + std::string(row.problem)), problem);
  }
}

TEST_CASE("of a damaged file everything before the damage is kept") {
  const std::string whole = bytes_of(kSilencesFile);
  std::size_t ends_of_messages = 0;
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    CAPTURE(length);
    const auto snapshot = read_silences_snapshot(std::string_view(whole).substr(0, length));
    if (snapshot.problems.empty()) {
      ++ends_of_messages;
    } else {
      CHECK(only_problem(snapshot).find(": the file is damaged from here on (") != std::string::npos);
    }
    CHECK(snapshot.entries.size() == (length < 174 ? 0 : length < 283 ? 1 : length < whole.size() ? 2 : 3));
  }
  CHECK(ends_of_messages == 4);
}

TEST_CASE("no byte that is wrong does more than lose entries") {
  for (const std::string& whole : {bytes_of(kSilencesFile), bytes_of(kNflogFile)}) {
    for (std::size_t i = 0; i < whole.size(); ++i) {
      for (const int flip : {0x01, 0x04, 0x80, 0xff}) {
        std::string damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ flip);
        CHECK(read_silences_snapshot(damaged).entries.size() <= 400);
        CHECK(read_nflog_snapshot(damaged).entries.size() <= 400);
      }
    }
  }
}

TEST_CASE("what integrations remember is kept as text, whatever its type") {
  using namespace std::string_literals;
  const std::string number = field(1, "n") + field(2, field(2, 42));
  const std::string real = field(1, "d") + field(2, varint(3 << 3 | 1) + "\0\0\0\0\0\0\xf8\x3f"s);
  const std::string text = field(1, "threadTs") + field(2, field(1, "1.5"));
  const std::string receiver = field(1, "team") + field(2, "slack") + field(3, 2);
  const std::string entry = field(1, "{}:{}") + field(2, receiver) + field(3, "hash") + field(4, 1) +
                            field(5, seconds(7)) + field(6, 11) + field(6, varint(12) + varint(13)) +
                            field(7, 14) + field(8, number) + field(8, real) + field(8, text);
  const auto snapshot =
      read_nflog_snapshot(frame(field(1, entry) + field(2, seconds(9))) + frame(field(2, seconds(9))) +
                          frame(field(1, field(2, receiver))) + frame(field(1, field(1, "{}:{}"))));
  REQUIRE(snapshot.entries.size() == 1);
  const NflogEntry& read = snapshot.entries[0];
  CHECK(read.idx == 2);
  CHECK(read.timestamp == TimePoint(std::chrono::seconds(7)));
  CHECK(read.expires_at == TimePoint(std::chrono::seconds(9)));
  CHECK(read.firing_alerts == std::vector<std::uint64_t>{11, 12, 13});
  CHECK(read.resolved_alerts == std::vector<std::uint64_t>{14});
  CHECK(read.receiver_data ==
        std::map<std::string, std::string>{{"d", "1.5"}, {"n", "42"}, {"threadTs", "1.5"}});
  REQUIRE(snapshot.problems.size() == 3);
  CHECK(snapshot.problems[0].ends_with(": a notification is missing"));
  CHECK(snapshot.problems[1].ends_with(": a notification without group key"));
  CHECK(snapshot.problems[2].ends_with(": a notification without receiver"));
}
