#include "core/labels.h"

#include <doctest/doctest.h>

#include "core/utf8.h"

using namespace tocsin;

TEST_CASE("labels are sorted by name and the last of equal names wins") {
  const Labels labels{{"b", "2"}, {"a", "1"}, {"b", "3"}};
  CHECK(labels.to_string() == R"({a="1", b="3"})");
  CHECK(labels.value("b") == "3");
  CHECK(labels.value("missing") == "");
  CHECK(labels.has("a"));
  CHECK_FALSE(labels.has("c"));
}

TEST_CASE("fingerprints equal those that Alertmanager prints") {
  // FNV-1a 64 over name 0xFF value 0xFF; the empty set is FNV's offset.
  CHECK(Labels{}.fingerprint_hex() == "cbf29ce484222325");
  CHECK(Labels{{"alertname", "Foo"}}.fingerprint_hex() == "f036cc237081686a");
  const Labels three{
      {"severity", "warning"}, {"model_name", "fraud_detector"}, {"alertname", "HighInferenceLatency"}};
  CHECK(three.fingerprint_hex() == "691d3ebe263570aa");
}

TEST_CASE("copies share one block and outlive the original") {
  Labels copy;
  {
    const Labels original{{"a", "1"}};
    copy = original;
    CHECK(copy == original);
  }
  CHECK(copy.value("a") == "1");
  Labels moved = std::move(copy);
  CHECK(moved.value("a") == "1");
  moved = Labels{};
  CHECK(moved.empty());
}

TEST_CASE("with and without give new sets and leave the old one alone") {
  const Labels base{{"a", "1"}, {"b", "2"}};
  CHECK(base.without("a").to_string() == R"({b="2"})");
  CHECK(base.without("x") == base);
  CHECK(base.with("b", "3").to_string() == R"({a="1", b="3"})");
  CHECK(base.to_string() == R"({a="1", b="2"})");
  LabelsBuilder builder(base);
  builder.set("c", "").erase("a").set("b", "9");
  CHECK(builder.build().to_string() == R"({b="9", c=""})");
}

TEST_CASE("labels are ordered pair by pair") {
  CHECK((Labels{{"a", "1"}} <=> Labels{{"a", "2"}}) < 0);
  CHECK((Labels{{"a", "1"}} <=> Labels{{"a", "1"}, {"b", "1"}}) < 0);
  CHECK((Labels{{"b", "1"}} <=> Labels{{"a", "9"}}) > 0);
  CHECK((Labels{} <=> Labels{}) == 0);
}

TEST_CASE("values are quoted as Go quotes them") {
  CHECK(go_quote("plain") == R"("plain")");
  CHECK(go_quote("a\"b\\c\n\t\x01") == R"("a\"b\\c\n\t\x01")");
  CHECK(go_quote("grün ✓") == "\"grün ✓\"");
  CHECK(go_quote("\xff") == R"("\xff")");
  CHECK(go_quote("\u00a0\u2028") == R"("\u00a0\u2028")");
}

TEST_CASE("texts are cut at runes, with an ellipsis as the last one") {
  CHECK(truncate_runes("grün", 4) == "grün");
  CHECK(truncate_runes("grüner", 4) == "grü…");
  CHECK(truncate_runes("abc", 0).empty());
  CHECK(is_valid_utf8("grün"));
  CHECK_FALSE(is_valid_utf8("\xc3("));
  CHECK_FALSE(is_valid_utf8("\xed\xa0\x80"));
}

TEST_CASE("label sets too large for short offsets are the same sets") {
  for (const std::size_t size :
       {std::size_t{65530}, std::size_t{65535}, std::size_t{65536}, std::size_t{200000}}) {
    CAPTURE(size);
    const std::string text(size - 4, 'x');
    const Labels labels{{"b", text}, {"a", "1"}, {"c", ""}};
    REQUIRE(labels.size() == 3);
    CHECK(labels.names_text() == "abc");
    CHECK(labels.values_text().size() == size - 3);
    CHECK(labels.value("a") == "1");
    CHECK(labels.value("b") == text);
    CHECK(labels.has("c"));
    CHECK(labels == Labels{{"c", ""}, {"b", text}, {"a", "1"}});
    CHECK(labels != Labels{{"c", ""}, {"b", text}, {"a", "2"}});
    CHECK(labels != Labels{{"c", ""}, {"b", text + "x"}, {"a", "1"}});
    CHECK(labels.fingerprint() == labels.with("d", "").without("d").fingerprint());
  }
}

TEST_CASE("many labels are sorted as few are, and the last of equal names wins") {
  std::vector<std::string> names;
  for (int i = 99; i >= 0; --i) names.push_back("name" + std::to_string(i % 50 + 10));
  std::vector<std::string> values;
  for (std::size_t i = 0; i < names.size(); ++i) values.push_back(std::to_string(i));
  std::vector<Label> pairs;
  for (std::size_t i = 0; i < names.size(); ++i) pairs.push_back({names[i], values[i]});
  const Labels labels = Labels::from(pairs);
  REQUIRE(labels.size() == 50);
  for (std::size_t i = 1; i < labels.size(); ++i) CHECK(labels[i - 1].name < labels[i].name);
  CHECK(labels.value("name10") == "99");
  CHECK(labels.value("name59") == "50");
}

TEST_CASE("sets with the same characters but other pairs differ") {
  CHECK(Labels{{"a", "bc"}} != Labels{{"ab", "c"}});
  CHECK(Labels{{"a", ""}, {"b", "c"}} != Labels{{"a", "b"}, {"c", ""}});
  CHECK(Labels{} == Labels{});
  CHECK(Labels{} != Labels{{"a", ""}});
}
