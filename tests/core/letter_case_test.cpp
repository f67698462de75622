#include <doctest/doctest.h>

#include "core/letter_case.h"

using namespace tocsin;

TEST_CASE("upper and lower case follow Go for every script") {
  CHECK(upper_case("aé ß ж") == "AÉ ß Ж");
  CHECK(lower_case("AÉ Ж") == "aé ж");
}

TEST_CASE("the title of a notification lowers the rest of a word, the title of a rule leaves it") {
  CHECK(title_case("fOO bar-baz o'neil éa") == "Foo Bar-Baz O'neil Éa");
  CHECK(upper_initials("fOO bar-baz o'neil éa") == "FOO Bar-Baz O'Neil Éa");
  CHECK(upper_initials("a_b 1c CC") == "A_b 1c CC");
}
