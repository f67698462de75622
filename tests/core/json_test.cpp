#include "core/json.h"

#include <doctest/doctest.h>

using namespace tocsin;

TEST_CASE("strings are escaped as Go's encoder escapes them") {
  std::string out;
  append_json_string(out, "<a href=\"x\">&\n\x01\u2028\xff");
  CHECK(out == R"("\u003ca href=\"x\"\u003e\u0026\n\u0001\u2028\ufffd")");
}

TEST_CASE("numbers are printed as Go's encoder prints them") {
  struct Row {
    double value;
    std::string_view text;
  };
  for (const Row& row :
       {Row{1, "1"}, Row{0.1, "0.1"}, Row{1e20, "100000000000000000000"}, Row{1e21, "1e+21"},
        Row{1e-7, "1e-7"}, Row{1.5e-10, "1.5e-10"}, Row{-0.000001, "-0.000001"}, Row{0, "0"}}) {
    CHECK(JsonWriter().number(row.value).text() == row.text);
  }
}

TEST_CASE("objects and arrays are separated by commas at every depth") {
  JsonWriter json;
  json.begin_object().field("a", "b").key("list").begin_array().integer(1).boolean(true).null();
  json.begin_object().end_object().end_array().key("labels").labels({{"x", "y"}}).end_object();
  CHECK(json.text() == R"({"a":"b","list":[1,true,null,{}],"labels":{"x":"y"}})");
}

TEST_CASE("a parsed document gives its values and defaults for what is missing") {
  const auto json = JsonValue::parse(R"({"a":1,"b":"x","c":[true,null],"t":5,"l":{"k":"v"},"a":2})");
  REQUIRE(json);
  CHECK(json->integer("a") == 2);
  CHECK(json->text("b") == "x");
  CHECK(json->find("c").array().size() == 2);
  CHECK(json->find("c").array()[0].boolean());
  CHECK(json->time("t") == TimePoint(Duration(5)));
  CHECK(json->time("nope") == kNoTime);
  CHECK(json->labels("l") == Labels{{"k", "v"}});
  CHECK(json->find("x").find("y").is_null());
}

TEST_CASE("bad documents are refused with a reason") {
  for (const char* text : {"", "{", "[1,]", "{\"a\":NaN}", "01", "{} x", "\"\xff\""}) {
    INFO(text);
    const auto json = JsonValue::parse(text);
    CHECK_FALSE(json);
    CHECK(json.error().message.starts_with("not valid JSON: "));
  }
}
