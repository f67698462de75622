#include "core/shared_text.h"

#include <doctest/doctest.h>

using namespace tocsin;

TEST_CASE("a shared text reads and compares like the text that it was made of") {
  const std::string long_text(1000, 'x');
  for (const std::string& text : {std::string(), std::string("a"), std::string("\0b", 2), long_text}) {
    const SharedText shared(text);
    CHECK(shared.view() == text);
    CHECK(shared.empty() == text.empty());
    CHECK((shared == SharedText(text)));
    CHECK((shared == std::string_view(text)));
    CHECK(!(shared == SharedText(text + "!")));
  }
  CHECK((SharedText("url") == "url"));
  CHECK((SharedText() == ""));
}

TEST_CASE("copies share the text and outlive the original") {
  SharedText copy;
  {
    const SharedText original("http://prometheus.example.org/graph");
    copy = original;
    CHECK(copy.view().data() == original.view().data());
  }
  CHECK(copy.view() == "http://prometheus.example.org/graph");
  SharedText moved = std::move(copy);
  copy = moved;
  moved = SharedText();
  CHECK(copy.view() == "http://prometheus.example.org/graph");
  CHECK(moved.empty());
}
