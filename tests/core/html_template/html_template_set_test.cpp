// Whole templates: branches, loops, calls, and what is refused.
#include "tests/core/html_template/html_template_table.h"

namespace tocsin::tmpl {
namespace {

Value data() {
  return Value::map({{"Yes", Value::boolean(true)},
                     {"No", Value::boolean(false)},
                     {"Text", Value::string("<a> &'\"")},
                     {"Items", Value::strings({"<1>", "/2?"})}});
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

std::string plain_place(const std::string& rest) {
  return "{" + rest + " delimNone urlPartNone jsCtxRegexp [] attrNone elementNone <nil>}";
}

}  // namespace

TEST_CASE("branches and loops are escaped for where they stand") {
  for (const auto& [text, want] : std::vector<std::pair<std::string, std::string>>{
           {"{{if .Yes}}{{.Text}}{{else}}<b>{{end}}", "&lt;a&gt; &amp;&#39;&#34;"},
           {"<p{{if .Yes}} title='{{.Text}}'{{end}}>", "<p title='&lt;a&gt; &amp;&#39;&#34;'>"},
           {"<p title={{if .No}}a{{else}}{{.Text}}{{end}}>", "<p title=&lt;a&gt;&#32;&amp;&#39;&#34;>"},
           {"<a href='/?{{range .Items}}&x={{.}}{{end}}'>", "<a href='/?&x=%3c1%3e&x=%2f2%3f'>"},
           {"<script>f([{{range .Items}}{{.}},{{end}}])</script>",
            "<script>f([\"\\u003c1\\u003e\",\"/2?\",])</script>"},
           {"{{range .Items}}<i>{{.}}{{if $.Yes}}</i>{{break}}{{end}}</i>{{end}}", "<i>&lt;1&gt;</i>"},
           {"{{range .Items}}{{if $.Yes}}{{continue}}{{end}}<i>{{end}}", ""},
           {"{{range .Items}}{{break}}<a title=\"{{.}}{{end}}", ""},
           {"{{$x := .Text}}<p title=\"{{$x}}\">", "<p title=\"&lt;a&gt; &amp;&#39;&#34;\">"},
       }) {
    CAPTURE(text);
    CHECK(html_outcome(text, data()) == want);
  }
}

TEST_CASE("a template is derived for each context that it is called in") {
  const std::string define = "{{define \"x\"}}{{.}}{{end}}";
  CHECK(html_outcome(
            define +
                "{{with .Text}}{{template \"x\" .}}|<p title={{template \"x\" .}}>|<p onclick=\"f({{template "
                "\"x\" .}})\">|<a href='/?{{template \"x\" .}}'>{{end}}",
            data()) ==
        "&lt;a&gt; &amp;&#39;&#34;|<p title=&lt;a&gt;&#32;&amp;&#39;&#34;>|<p "
        "onclick=\"f(&#34;\\u003ca\\u003e \\u0026&#39;\\&#34;&#34;)\">|<a href='/?%3ca%3e%20%26%27%22'>");
  // What a template leaves open is open each time.
  CHECK(html_outcome("{{define \"a\"}}<a href=\"{{end}}{{template \"a\"}}{{.}}\">{{template \"a\"}}{{.}}\">",
                     Value::string("javascript:1")) == "<a href=\"#ZgotmplZ\"><a href=\"#ZgotmplZ\">");
  CHECK(html_outcome("{{block \"b\" .Text}}<p title='{{.}}'>{{end}}", data()) ==
        "<p title='&lt;a&gt; &amp;&#39;&#34;'>");
}

TEST_CASE("templates that call themselves end where they began, or are refused") {
  const std::string nested =
      "{{define \"r\"}}<b>{{.v}}{{with .n}}{{template \"r\" .}}{{end}}</b>{{end}}{{template \"r\" .}}";
  const Value inner = Value::map({{"v", Value::string("<")}});
  CHECK(html_outcome(nested, Value::map({{"v", Value::string("&")}, {"n", inner}})) ==
        "<b>&amp;<b>&lt;</b></b>");
  const std::string quotes = "{{define \"r\"}}{{if .T}}{{template \"r\" .T}}{{end}}{{.H}}\",{{end}}";
  CHECK(html_outcome(quotes + "<script>x = [{{template \"r\" .X}}]</script>", data())
            .find("cannot compute output context for template r$htmltemplate_stateJS_elementScript") !=
        std::string::npos);
  // What it leaves behind is a value, also where it calls itself.
  CHECK(
      html_outcome("{{define \"r\"}}{{if .No}}{{template \"r\" .}}+{{end}} /{{.Text}}/ in x{{end}}<script>f("
                   "{{template \"r\" .}} / 2)</script>",
                   data())
          .find("could start a division") == std::string::npos);
}

TEST_CASE("functions that escape themselves work together with what the place needs") {
  for (const auto& [text, want] : std::vector<std::pair<std::string, std::string>>{
           {"{{.Text | html}}{{html .Text \"<\"}}", "&lt;a&gt; &amp;&#39;&#34;&lt;a&gt; &amp;&#39;&#34;&lt;"},
           {"<a href=\"?{{.Text | urlquery}}\">", "<a href=\"?%3Ca%3E&#43;%26%27%22\">"},
           {"<a href=\"{{.Text | urlquery}}\">", "<a href=\"%3Ca%3E&#43;%26%27%22\">"},
           {"<p onclick='f({{.Text | html}})'>",
            "<p onclick='f(&#34;\\u003ca\\u003e \\u0026&#39;\\&#34;&#34;)'>"},
           {"<a href='{{.Text | html}}'>", "<a href='%3ca%3e%20&amp;%27%22'>"},
           {"{{html .Text | print}}",
            "html/template:t:1:2: predefined escaper \"html\" disallowed in template"},
           {"<p title={{html .Text}}>",
            "html/template:t:1:11: predefined escaper \"html\" disallowed in template"},
       }) {
    CAPTURE(text);
    CHECK(html_outcome(text, data()) == want);
  }
}

TEST_CASE("what cannot be escaped is refused, and it is said where") {
  for (const auto& [text, want] : std::vector<std::pair<std::string, std::string>>{
           {"\n{{if .Yes}}<a{{end}}", "html/template:t:2:5: {{if}} branches end in different contexts: " +
                                          plain_place("stateTag") + ", " + plain_place("stateText")},
           {"{{range .Items}}<a{{end}}",
            "html/template:t:1: on range loop re-entry: \"<\" in attribute name: \"<a\""},
           {"{{range .Items}}<a{{if .}}{{break}}{{end}}>{{end}}",
            "html/template:t:1:28: at range loop break: {{range}} branches end in different contexts: " +
                plain_place("stateText") + ", " + plain_place("stateTag")},
           {"<a href='{{if .Yes}}/{{else}}?{{end}}{{.Text}}'>",
            "html/template:t:1:39: {{.Text}} appears in an ambiguous context within a URL"},
           {"<script>{{if .Yes}}x{{end}}/2</script>",
            "html/template:t: '/' could start a division or regexp: \"/2\""},
           {"<script>f('\\{{.Text}}')</script>",
            "html/template:t: unfinished escape sequence in JS string: \"\\\\\""},
           {"<style>a{b:'\\{{.Text}}'}</style>",
            "html/template:t: unfinished escape sequence in CSS string: \"\\\\\""},
           {"<script>/[{{.Text}}]/</script>", "html/template:t: unfinished JS regexp charset: \"[\""},
           {"<p title=a\"b>", "html/template:t: \"\\\"\" in unquoted attr: \"a\\\"b\""},
           {"<p =>", "html/template:t: expected space, attr name, or end of tag, but got \"=>\""},
           {"<p a'b>", "html/template:t: \"'\" in attribute name: \" a'b>\""},
           {"{{template \"no\"}}", "html/template:t:1:11: no such template \"no\""},
           {"<title>{{.Text}}",
            "html/template:t: ends in a non-text context: {stateRCDATA delimNone urlPartNone jsCtxRegexp [] "
            "attrNone elementTitle <nil>}"},
       }) {
    CAPTURE(text);
    CHECK(html_outcome(text, data()) == want);
  }
  CHECK(HtmlTemplateSet(TemplateSet("x")).execute("y", Value()).error().message ==
        "html/template: \"y\" is undefined");
}

TEST_CASE("copies of a set are independent, and a definition that is replaced is escaped anew") {
  TemplateSet plain("root");
  REQUIRE(plain.parse("a", "{{define \"quote\"}}{{end}}<p title='{{template \"quote\"}}{{.}}'>"));
  const HtmlTemplateSet set{plain};
  HtmlTemplateSet copy = set;
  REQUIRE(copy.parse("b", "{{define \"quote\"}}' onclick='{{end}}"));
  CHECK(*set.execute("a", Value::string("x")) == "<p title='x'>");
  CHECK(*copy.execute("a", Value::string("x")) == "<p title='' onclick='&#34;x&#34;'>");
  CHECK(!copy.parse("c", "{{"));
  CHECK(!copy.execute("c", Value()));
}

TEST_CASE("deep and twisted templates cost no more than their size, or are refused") {
  // Each loop changes where the next begins: read naively, every level would double the work.
  const std::string loops = repeated("{{range .}}", 60) + "?" + repeated("x{{end}}", 60);
  CHECK(html_outcome("<a href='" + loops + "'>").starts_with("<a href=''>"));
  std::string chain = "{{template \"t0\"}}";
  for (int i = 0; i < 2000; ++i)
    chain +=
        "{{define \"t" + std::to_string(i) + "\"}}{{template \"t" + std::to_string(i + 1) + "\"}}{{end}}";
  CHECK(html_outcome(chain + "{{define \"t2000\"}}{{end}}").find("exceeded maximum template depth (500)") !=
        std::string::npos);
  std::string deep;
  for (int i = 0; i < 490; ++i) {
    deep += "{{define \"d" + std::to_string(i) + "\"}}{{if .}}<b>{{end}}{{range .}}{{template \"d" +
            std::to_string(i + 1) + "\"}}{{end}}{{end}}";
  }
  CHECK(html_outcome(deep + "{{define \"d490\"}}{{end}}{{template \"d0\"}}") == "");
  CHECK(html_outcome(repeated("{{range .}}", 990) + repeated("{{end}}", 990)) == "");
  std::string recursive = "<script>{{template \"r0\"}}</script>";
  for (int i = 0; i < 40; ++i) {
    const std::string name = "r" + std::to_string(i);
    recursive += "{{define \"" + name + "\"}}{{if .}}{{template \"" + name + "\"}}{{end}};{{template \"r" +
                 std::to_string(i + 1) + "\"}}x{{end}}";
  }
  EscapeLimits limits;
  limits.steps = 100'000;
  TemplateSet set("t");
  REQUIRE(set.parse("t", recursive + "{{define \"r40\"}}{{end}}"));
  const auto refused = escape_template("t", set.trees(), {}, limits);
  REQUIRE(!refused);
  CHECK(refused.error().message.find("takes more than 100000 steps") != std::string::npos);
}

TEST_CASE("long texts with many tokens are read in one go") {
  const std::string tokens = repeated("f(\"a\", 'b', `c${d}`); /* e */ // f\n", 20'000);
  CHECK(html_outcome("<script>" + tokens + "</script>").ends_with("</script>"));
  CHECK(html_outcome("<p style=\"a:'" + repeated("\\41 ", 100'000) + "{{.}}'\">", Value::string("x"))
            .ends_with("x'\">"));
  CHECK(html_outcome(repeated("<", 100'000)) == repeated("&lt;", 100'000));
}

}  // namespace tocsin::tmpl
