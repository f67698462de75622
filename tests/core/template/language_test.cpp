#include "tests/core/template/template_table.h"

namespace tocsin::tmpl {
namespace {

Value sample_data() {
  return Value::map({{"I", Value::integer(17)},
                     {"S", Value::string("xyz")},
                     {"F", Value::floating(1.5)},
                     {"L", Value::list({Value::integer(3), Value::integer(4), Value::integer(5)})},
                     {"None", Value()},
                     {"Empty", Value::list({})},
                     {"M", Value::map({{"one", Value::integer(1)}, {"two", Value::integer(2)}})},
                     {"Labels", Value::string_map({{"alertname", "A"}, {"job", "api"}})}});
}

TEST_CASE("trim markers remove the blanks beside them and comments vanish") {
  check_table({
      {"a {{- 1 -}} b", "a1b"},
      {"a \r\n\t{{- 1}} b", "a1 b"},
      {"{{1 -}} \n\n b", "1b"},
      {"a {{/* note */}} b", "a  b"},
      {"a {{- /* note */ -}} b", "ab"},
      {"{{-1}}", "-1"},
      {"{{- -1 -}}", "-1"},
      {"{{1 - }}", "template: t:1: illegal number syntax: \"-\""},
      {"{{/* a */ }}", "template: t:1: comment ends before closing delimiter"},
      {"{{ `}}` }}", "}}"},
      {"{{ \"{{\" }}", "{{"},
      {"}} { {", "}} { {"},
  });
}

TEST_CASE("variables live until their block ends and assignment reaches the last declaration") {
  check_table(
      {
          {"{{$x := 1}}{{$x}}{{$x = 2}}{{$x}}", "12"},
          {"{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "21"},
          {"{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2"},
          {"{{with $x := 3}}{{$x}}{{end}}{{$x}}", "template: t:1: undefined variable \"$x\""},
          {"{{range $i, $e := .L}}{{$i}}={{$e}};{{end}}", "0=3;1=4;2=5;"},
          {"{{range $k, $v := .M}}{{$k}}{{$v}}{{end}}", "one1two2"},
          {"{{$i := 0}}{{range $i = .L}}{{end}}{{$i}}", "5"},
          {"{{range .L}}{{$.S}}{{end}}", "xyzxyzxyz"},
          {"{{define \"d\"}}{{$x}}{{end}}", "template: t:1: undefined variable \"$x\""},
          {"{{$x := .I}}{{define \"d\"}}{{$}}{{end}}{{template \"d\" $x}}", "17"},
          {"{{$x := 1}}{{$x = \"a\"}}{{$x}}", "a"},
      },
      sample_data());
}

TEST_CASE("range runs over lists, maps and counts, with else, break and continue") {
  check_table(
      {
          {"{{range .L}}<{{.}}>{{else}}none{{end}}", "<3><4><5>"},
          {"{{range .Empty}}<{{.}}>{{else}}none{{end}}", "none"},
          {"{{range .None}}x{{else}}none{{end}}", "none"},
          {"{{range 3}}{{.}}{{end}}", "012"},
          {"{{range $i := 3}}{{$i}}{{end}}", "012"},
          {"{{range 0}}x{{else}}none{{end}}", "none"},
          {"{{range -1}}x{{else}}none{{end}}", "none"},
          {"{{range .L}}{{if eq . 4}}{{break}}{{end}}{{.}}{{end}}", "3"},
          {"{{range .L}}{{if eq . 4}}{{continue}}{{end}}{{.}}{{end}}", "35"},
          {"{{range .L}}{{range $.L}}{{if eq . 4}}{{break}}{{end}}{{.}}{{end}}|{{end}}", "3|3|3|"},
          {"{{range .S}}x{{end}}", "template: t:1:8: executing \"t\" at <.S>: range can't iterate over xyz"},
          {"{{range $a, $b := 3}}{{end}}",
           "template: t:1:18: executing \"t\" at <3>: can't use 3 to iterate over more than one variable"},
          {"{{break}}", "template: t:1: {{break}} outside {{range}}"},
          {"{{range .L}}{{define \"x\"}}{{break}}{{end}}{{end}}",
           "template: t:1: unexpected <define> in command"},
      },
      sample_data());
}

TEST_CASE("if and with choose by truth and chain with else") {
  check_table(
      {
          {"{{if 0}}a{{else if \"\"}}b{{else if .Empty}}c{{else}}d{{end}}", "d"},
          {"{{with .None}}a{{else with .I}}{{.}}{{end}}", "17"},
          {"{{with 0}}a{{else}}{{.I}}{{end}}", "17"},
          {"{{if .None}}a{{end}}{{if .M}}b{{end}}{{if 0.0}}c{{end}}{{if .F}}d{{end}}", "bd"},
          {"{{if true}}a{{else with 1}}b{{end}}", "template: t:1: unexpected <with> in input"},
          {"{{with 1}}a{{else if 1}}b{{end}}", "template: t:1: unexpected <if> in input"},
          {"{{if true}}a", "template: t:1: unexpected EOF"},
          {"a{{end}}", "template: t:1: unexpected {{end}}"},
          {"{{if true}}{{else}}{{else}}{{end}}", "template: t:1: expected end; found {{else}}"},
      },
      sample_data());
}

TEST_CASE("define, template and block call each other by name") {
  check_table(
      {
          {"{{define \"d\"}}<{{.}}>{{end}}{{template \"d\" .I}}{{template \"d\"}}", "<17><<no value>>"},
          {"{{block \"b\" .S}}[{{.}}]{{end}}", "[xyz]"},
          {"{{define \"a\"}}1{{end}}{{define \"a\"}}2{{end}}",
           "template: t:1: template: multiple definition of template \"a\""},
          {"{{define \"a\"}} {{end}}{{define \"a\"}}2{{end}}{{template \"a\"}}", "2"},
          {"{{template \"nope\"}}",
           "template: t:1:11: executing \"t\" at <{{template \"nope\"}}>: template \"nope\" not defined"},
          {"{{define \"r\"}}{{template \"r\"}}{{end}}{{template \"r\"}}",
           "template: t:1:25: executing \"r\" at <{{template \"r\"}}>: exceeded maximum template depth "
           "(500)"},
      },
      sample_data());
}

TEST_CASE("pipelines pass their value on as the last argument") {
  check_table(
      {
          {"{{1 | printf \"%d-%d\" 2}}", "2-1"},
          {"{{\"x\" | printf \"%s%s\" \"a\" | len}}", "2"},
          {"{{(index .L 1) | printf \"%03d\"}}", "004"},
          {"{{(.M).one}}", "1"},
          {"{{.M.one | eq 1}}", "true"},
          {"{{len (printf \"%s\" .S)}}", "3"},
          {"{{print (print 1 2) 3}}", "1 23"},
          {"{{.I | 5}}", "template: t:1: non executable command in pipeline stage 2"},
          {"{{1 | .I}}", "template: t:1:6: executing \"t\" at <.I>: I is not a method but has arguments"},
          {"{{ () }}", "template: t:1: missing value for parenthesized pipeline"},
      },
      sample_data());
}

TEST_CASE("and and or stop at the argument that decides") {
  check_table(
      {
          {"{{and 1 0 (index .L 99)}}", "0"},
          {"{{or 0 7 (index .L 99)}}", "7"},
          {"{{and 1 2 3}} {{or 0 \"\"}}|", "3 |"},
          {"{{1 | and 0}} {{5 | or 0}}", "0 5"},
          {"{{and}}",
           "template: t:1:2: executing \"t\" at <and>: wrong number of args for and: want at least 1 got 0"},
          {"{{not 0}} {{not .None}} {{not \"a\"}}", "true true false"},
      },
      sample_data());
}

TEST_CASE("comparison follows Go: kinds do not mix, signs do") {
  const Value data = Value::map({{"u", Value::unsigned_integer(3)},
                                 {"neg", Value::integer(-1)},
                                 {"none", Value()},
                                 {"list", Value::list({})}});
  check_table(
      {
          {"{{eq 3 .u}} {{eq .u 3}} {{lt .neg .u}} {{lt .u .neg}}", "true true true false"},
          {"{{eq 1 2 3 1}} {{ne 1 2}} {{le 2 2}} {{gt 3 2}} {{ge 2 3}}", "true true true true false"},
          {"{{eq .none .none}} {{eq .none 1}} {{eq nil nil}}", "true false true"},
          {"{{gt 6.0 5}}",
           "template: t:1:2: executing \"t\" at <gt 6.0 5>: error calling gt: incompatible types for "
           "comparison: float64 and int"},
          {"{{eq 1 \"1\"}}",
           "template: t:1:2: executing \"t\" at <eq 1 \"1\">: error calling eq: incompatible types for "
           "comparison: int and string"},
          {"{{eq 1}}",
           "template: t:1:2: executing \"t\" at <eq 1>: error calling eq: missing argument for comparison"},
          {"{{eq .list .list}}",
           "template: t:1:2: executing \"t\" at <eq .list .list>: error calling eq: non-comparable type []: "
           "[]interface {}"},
          {"{{lt .list 1}}",
           "template: t:1:2: executing \"t\" at <lt .list 1>: error calling lt: invalid type for comparison"},
      },
      data);
}

TEST_CASE("index, slice and len read collections and say what is wrong") {
  check_table(
      {
          {"{{index .L 0}} {{index .M \"two\"}} {{index .Labels \"nope\"}}| {{index \"abc\" 1}}", "3 2 | 98"},
          {"{{slice .S 1}} {{slice .S 1 2}} {{slice .L 1}} {{len .M}} {{len \"héé\"}}", "yz y [4 5] 2 5"},
          {"{{index .L 3}}",
           "template: t:1:2: executing \"t\" at <index .L 3>: error calling index: reflect: slice index out "
           "of range"},
          {"{{index .M 1}}",
           "template: t:1:2: executing \"t\" at <index .M 1>: error calling index: value has type int; "
           "should be string"},
          {"{{len 3}}", "template: t:1:2: executing \"t\" at <len 3>: error calling len: len of type int"},
          {"{{slice .S 2 1}}",
           "template: t:1:2: executing \"t\" at <slice .S 2 1>: error calling slice: invalid slice index: 2 "
           "> 1"},
      },
      sample_data());
}

TEST_CASE("html, js and urlquery escape") {
  check_table({
      {"{{html \"<a href='x'>&\\\"\"}}", "&lt;a href=&#39;x&#39;&gt;&amp;&#34;"},
      {"{{js \"<x>'\\\"\\n=é\"}}", "\\u003Cx\\u003E\\'\\\"\\u000A\\u003Dé"},
      {"{{urlquery \"a b&c=é~\"}}", "a+b%26c%3D%C3%A9~"},
      {"{{html 1 2}} {{html nil}}", "1 2 &lt;no value&gt;"},
  });
}

TEST_CASE("a missing key is no value, zero or an error, as the option says") {
  ExecuteOptions zero;
  zero.missing_key = MissingKey::zero;
  ExecuteOptions strict;
  strict.missing_key = MissingKey::error;
  const char* text = "{{.Labels.nope}}|{{.nope}}";
  CHECK(outcome(text, sample_data()) == "<no value>|<no value>");
  CHECK(outcome(text, sample_data(), zero) == "|<no value>");
  CHECK(outcome(text, sample_data(), strict) ==
        "template: t:1:9: executing \"t\" at <.Labels.nope>: map has no entry for key \"nope\"");
  CHECK(outcome("{{.None.x}}", sample_data()) ==
        "template: t:1:7: executing \"t\" at <.None.x>: nil pointer evaluating interface {}.x");
  CHECK(outcome("{{.nope.x}}", sample_data()) == "<no value>");
  CHECK(outcome("{{.x}}", Value(), strict) ==
        "template: t:1:2: executing \"t\" at <.x>: nil data; no entry for key \"x\"");
}

TEST_CASE("literals take Go's forms") {
  check_table({
      {"{{0x1F}} {{0o17}} {{0b101}} {{017}} {{1_000}} {{'a'}} {{'\\n'}}", "31 15 5 15 1000 97 10"},
      {"{{1e3}} {{1.5}} {{.5}} {{1e6}} {{0x1p4}} {{1e-7}}", "1000 1.5 0.5 1e+06 16 1e-07"},
      {"{{\"a\\tb\\x41\\u00e9\\101\"}} {{`raw\\n`}}",
       "a\tbA\xC3\xA9"
       "A raw\\n"},
      {"{{true}} {{false}} {{1i}} {{1+2i}}", "true false (0+1i) (1+2i)"},
      {"{{\"\\q\"}}", "template: t:1: invalid syntax"},
      {"{{18446744073709551615}}",
       "template: t:1:2: executing \"t\" at <18446744073709551615>: 18446744073709551615 overflows int"},
      {"{{99999999999999999999}}", "template: t:1: integer overflow: \"99999999999999999999\""},
      {"{{'ab'}}", "template: t:1: malformed character constant: 'ab'"},
      {"{{1.2.3}}", "template: t:1: unexpected \".3\" in operand"},
      {"{{éa}}", "template: t:1: function \"éa\" not defined"},
      {"{{ .labels.foo-bar }}", "template: t:1: bad character U+002D '-'"},
  });
}

}  // namespace
}  // namespace tocsin::tmpl
