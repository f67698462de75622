#include "core/named_alerts.h"

#include <doctest/doctest.h>

using namespace tocsin;
using Said = NamedAlerts::Said;

TEST_CASE("A text of named alerts says of each whether it was said to fire or to have ended") {
  NamedAlerts named;
  CHECK(named.take() == "");
  named.add("00000000000000a1", Said::kFiring);
  named.add("00000000000000a1-1", Said::kResolved);
  named.add("00000000000000b2", Said::kResolved);
  const std::string text = named.take();
  CHECK(text == "+00000000000000a1 -00000000000000a1-1 -00000000000000b2");
  CHECK(said_about(text, "00000000000000a1") == Said::kFiring);
  CHECK(said_about(text, "00000000000000a1-1") == Said::kResolved);
  CHECK(said_about(text, "00000000000000b2") == Said::kResolved);
  CHECK_FALSE(said_about(text, "00000000000000c3").has_value());
  CHECK_FALSE(said_about(text, "1").has_value());
  CHECK_FALSE(said_about(text, "").has_value());
  CHECK_FALSE(said_about("", "00000000000000a1").has_value());
  CHECK(unnamed_in(text) == 0);
}

TEST_CASE("Of very many alerts the first thousand are named and the others counted") {
  NamedAlerts named;
  for (int i = 0; i < 1012; ++i) named.add("alert-" + std::to_string(i) + "x", Said::kFiring);
  const std::string text = named.take();
  CHECK(text.ends_with("+alert-999x and 12 more"));
  CHECK(unnamed_in(text) == 12);
  CHECK(said_about(text, "alert-999x") == Said::kFiring);
  CHECK_FALSE(said_about(text, "alert-1000x").has_value());
}
