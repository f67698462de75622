#include "core/template/object.h"
#include "tests/core/template/template_table.h"

namespace tocsin::tmpl {
namespace {

// A struct with a pointer type, like a query sample.
class Sample : public Object {
 public:
  static constexpr const char* kTypeName = "*template.sample";
  explicit Sample(double value) : value_(value) {}
  std::string type_name() const override { return kTypeName; }
  Fields fields() const override {
    return {{"Labels", Value::string_map({{"job", "api"}})}, {"Value", Value::floating(value_)}};
  }
  double value() const { return value_; }

 private:
  double value_;
};

// A map with methods, like a label set.
class Pairs : public Object {
 public:
  std::string type_name() const override { return "template.KV"; }
  const MapData* as_map() const override { return &data_; }
  std::shared_ptr<const Function> method(std::string_view name) const override {
    if (name == "Names") return make_function([] { return std::vector<std::string>{"a", "b"}; });
    if (name == "Remove") {
      return make_function(
          [](const std::vector<std::string>& names) { return "without " + std::to_string(names.size()); });
    }
    return nullptr;
  }

 private:
  MapData data_{{{"a", Value::string("1")}, {"b", Value::string("2")}}, ElementType::string};
};

std::shared_ptr<const FunctionMap> test_functions() {
  FunctionMap functions;
  functions.add("upper", [](const std::string& text) { return text + "!"; });
  functions.add("half", [](double number) { return number / 2; });
  functions.add("add", [](std::int64_t a, std::int64_t b) { return a + b; });
  functions.add("strings", [](const Value::List& values) {
    std::vector<std::string> texts;
    for (const Value& value : values) texts.push_back(value.as_string());
    return texts;
  });
  functions.add("join", [](const std::string& separator, const std::vector<std::string>& parts) {
    std::string out;
    for (const auto& part : parts) out += part + separator;
    return out;
  });
  functions.add("wrong", []() -> Result<std::string> { return fail("it broke"); });
  functions.add("sample", [](double value) { return Value::object(std::make_shared<Sample>(value)); });
  functions.add("value", [](const std::shared_ptr<const Sample>& sample) { return sample->value(); });
  functions.add("pairs", [] { return Value::object(std::make_shared<Pairs>()); });
  functions.add("adder", [](std::int64_t a) {
    return Value::function(make_function([a](std::int64_t b) { return a + b; }));
  });
  functions.add("wrap", [](const Value& value) { return Value::list({value}); });
  return std::make_shared<const FunctionMap>(std::move(functions));
}

std::string run(const std::string& text, const ExecuteOptions& options = {}) {
  const auto result = render("t", text, Value(), test_functions(), options);
  return result ? *result : result.error().message;
}

TEST_CASE("typed C++ functions are called with Go's checks and words") {
  const std::vector<TemplateCase> table = {
      {"{{upper \"a\"}} {{\"b\" | upper}} {{half 3}} {{half 3.0}} {{add 1 2}}", "a! b! 1.5 1.5 3"},
      {"{{join \",\" (strings \"a\" \"b\")}}", "a,b,"},
      {"{{upper}}",
       "template: t:1:2: executing \"t\" at <upper>: wrong number of args for upper: want 1 got 0"},
      {"{{upper 1}}", "template: t:1:8: executing \"t\" at <1>: expected string; found 1"},
      {"{{1 | upper}}",
       "template: t:1:6: executing \"t\" at <upper>: wrong type for value; expected string; got int"},
      {"{{upper nil}}", "template: t:1:8: executing \"t\" at <nil>: cannot assign nil to string"},
      {"{{upper .x}}", "template: t:1:8: executing \"t\" at <.x>: invalid value; expected string"},
      {"{{wrong}}", "template: t:1:2: executing \"t\" at <wrong>: error calling wrong: it broke"},
      {"{{nope}}", "template: t:1: function \"nope\" not defined"},
      {"{{1.5 | value}}",
       "template: t:1:8: executing \"t\" at <value>: wrong type for value; expected *template.sample; got "
       "float64"},
      {"{{value (sample 2)}}", "2"},
      {"{{call (adder 1) 2}}", "3"},
      {"{{call (adder 1) \"x\"}}",
       "template: t:1:2: executing \"t\" at <call (adder 1) \"x\">: error calling call: arg 0: value has "
       "type string; "
       "should be int"},
      {"{{adder 1}}",
       "template: t:1:2: executing \"t\" at <{{adder 1}}>: can't print {{adder 1}} of type func(int) int"},
  };
  for (const TemplateCase& item : table) {
    CAPTURE(item.text);
    CHECK(run(item.text) == item.want);
  }
}

TEST_CASE("objects bring fields, methods and collections") {
  const std::vector<TemplateCase> table = {
      {"{{sample 1.5}} {{(sample 1.5).Value}} {{(sample 2).Labels.job}}", "{map[job:api] 1.5} 1.5 api"},
      {"{{printf \"%+v\" (sample 2)}}", "{Labels:map[job:api] Value:2}"},
      {"{{(sample 1).nope}}",
       "template: t:1:10: executing \"t\" at <1>: can't evaluate field nope in type *template.sample"},
      {"{{pairs}} {{pairs.a}} {{len pairs}} {{index pairs \"b\"}} {{range $k, $v := "
       "pairs}}{{$k}}{{$v}}{{end}}",
       "map[a:1 b:2] 1 2 2 a1b2"},
      {"{{pairs.Names}} {{pairs.Remove (strings \"x\")}} {{strings \"x\" | pairs.Remove}}",
       "[a b] without 1 without 1"},
      {"{{if pairs}}yes{{end}}", "yes"},
  };
  for (const TemplateCase& item : table) {
    CAPTURE(item.text);
    CHECK(run(item.text) == item.want);
  }
}

TEST_CASE("functions of one execution win over those of the set") {
  FunctionMap own;
  own.add("upper", [](const std::string& text) { return "<" + text + ">"; });
  ExecuteOptions options;
  options.functions = &own;
  CHECK(run("{{upper \"a\"}}", options) == "<a>");
}

TEST_CASE("a later text replaces a definition, a blank one does not, and copies are apart") {
  TemplateSet set("root", test_functions());
  REQUIRE(set.parse("one", "{{define \"d\"}}first{{end}}"));
  const TemplateSet copy = set;
  REQUIRE(set.parse("two", "{{define \"d\"}}second{{end}}"));
  REQUIRE(set.parse("three", "{{define \"d\"}}  {{end}}"));
  CHECK(*set.execute("d", Value()) == "second");
  CHECK(*copy.execute("d", Value()) == "first");
  CHECK(set.execute("x", Value()).error().message ==
        "template: no template \"x\" associated with template \"root\"");
  CHECK(!set.parse("four", "{{define \"e\"}}x{{end}}{{"));
  CHECK(!set.has("e"));
}

TEST_CASE("limits stop templates that would never end or grow without bound") {
  CHECK(run("{{range 1000000000}}{{end}}") ==
        "template: t:1:8: executing \"t\" at <1000000000>: exceeded maximum number of execution steps "
        "(10000000)");
  ExecuteOptions small;
  small.limits.steps = 1000;
  small.limits.output_bytes = 100;
  CHECK(run("{{range 60}}{{range 60}}{{end}}{{end}}", small).find("execution steps (1000)") !=
        std::string::npos);
  CHECK(run("{{range 60}}ab{{end}}", small).find("exceeded maximum output size (100 bytes)") !=
        std::string::npos);
  CHECK(
      run("{{$x := \"ab\"}}{{range 60}}{{$x = print $x $x}}{{end}}", small).find("output size (100 bytes)") !=
      std::string::npos);
  CHECK(run("{{printf \"%1000d\" 1}}", small).find("output size (100 bytes)") != std::string::npos);
  CHECK(run("{{$x := 1}}{{range 5000}}{{$x = wrap $x}}{{end}}")
            .find("exceeded maximum depth of values (1000)") != std::string::npos);
}

TEST_CASE("deep nesting is refused while parsing and while executing") {
  const auto repeated = [](const std::string& text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
  };
  CHECK(run("{{" + repeated("(", 990) + "1" + repeated(")", 990) + "}}") == "1");
  CHECK(run("{{" + repeated("(", 100000) + "1" + repeated(")", 100000) + "}}") ==
        "template: t:1: max expression depth exceeded");
  CHECK(run(repeated("{{if 1}}", 990) + "x" + repeated("{{end}}", 990)) == "x");
  CHECK(run(repeated("{{if 1}}", 100000)) == "template: t:1: max nesting depth exceeded");
  CHECK(run("{{if 0}}" + repeated("{{else if 0}}", 100000) + "{{end}}") ==
        "template: t:1: max nesting depth exceeded");
  const std::string deep = repeated("{{if 1}}", 900) + "{{template \"d\"}}" + repeated("{{end}}", 900);
  CHECK(run("{{define \"d\"}}" + deep + "{{end}}{{template \"d\"}}")
            .find("exceeded maximum nesting depth (1200)") != std::string::npos);
}

TEST_CASE("errors name line and column of the failing node") {
  CHECK(run("a\n  {{upper 1}}") == "template: t:2:10: executing \"t\" at <1>: expected string; found 1");
  CHECK(run("a\n\n{{nope}}") == "template: t:3: function \"nope\" not defined");
  CHECK(run("{{define \"d\"}}{{upper 1}}{{end}}{{template \"d\"}}") ==
        "template: t:1:22: executing \"d\" at <1>: expected string; found 1");
}

}  // namespace
}  // namespace tocsin::tmpl
