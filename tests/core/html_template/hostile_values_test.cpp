// What hostile label values become in every place of a document.
#include "tests/core/html_template/html_template_table.h"

namespace tocsin::tmpl {
namespace {

const std::vector<std::string> kHostile = {R"("><script>alert(1)</script>)",
                                           "' onload='x()",
                                           "javascript:alert(1)",
                                           "</script><!-- */",
                                           "${a(`1`)}",
                                           "--expression(+)&amp;",
                                           ""};

// A place of a document, and what stands there for each of the values.
struct Place {
  std::string text;
  std::vector<std::string> values;
};

const std::vector<Place> kPlaces = {
    {"<p>{{.}}</p>",
     {"&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "&#39; onload=&#39;x()", "javascript:alert(1)",
      "&lt;/script&gt;&lt;!-- */", "${a(`1`)}", "--expression(&#43;)&amp;amp;", ""}},
    {"<title>{{.}}</title>",
     {"&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "&#39; onload=&#39;x()", "javascript:alert(1)",
      "&lt;/script&gt;&lt;!-- */", "${a(`1`)}", "--expression(&#43;)&amp;amp;", ""}},
    {"<textarea>{{.}}</textarea>",
     {"&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "&#39; onload=&#39;x()", "javascript:alert(1)",
      "&lt;/script&gt;&lt;!-- */", "${a(`1`)}", "--expression(&#43;)&amp;amp;", ""}},
    {R"(<p title="{{.}}">)",
     {"&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "&#39; onload=&#39;x()", "javascript:alert(1)",
      "&lt;/script&gt;&lt;!-- */", "${a(`1`)}", "--expression(&#43;)&amp;amp;", ""}},
    {"<p title={{.}}>",
     {"&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "&#39;&#32;onload&#61;&#39;x()",
      "javascript:alert(1)", "&lt;/script&gt;&lt;!--&#32;*/", "${a(&#96;1&#96;)}",
      "--expression(&#43;)&amp;amp;", "ZgotmplZ"}},
    {"<p {{.}}>", {"ZgotmplZ", "ZgotmplZ", "ZgotmplZ", "ZgotmplZ", "ZgotmplZ", "ZgotmplZ", "ZgotmplZ"}},
    {R"(<p a{{.}}="1">)",
     {"ZgotmplZ", "ZgotmplZ", "ZgotmplZ", "ZgotmplZ", "ZgotmplZ", "ZgotmplZ", "ZgotmplZ"}},
    {R"(<a href="{{.}}">)",
     {"%22%3e%3cscript%3ealert%281%29%3c/script%3e", "%27%20onload=%27x%28%29", "#ZgotmplZ",
      "%3c/script%3e%3c!--%20*/", "$%7ba%28%601%60%29%7d", "--expression%28&#43;%29&amp;amp;", ""}},
    {R"(<a href="/a/{{.}}">)",
     {"%22%3e%3cscript%3ealert%281%29%3c/script%3e", "%27%20onload=%27x%28%29", "javascript:alert%281%29",
      "%3c/script%3e%3c!--%20*/", "$%7ba%28%601%60%29%7d", "--expression%28&#43;%29&amp;amp;", ""}},
    {R"(<a href="/a?b={{.}}">)",
     {"%22%3e%3cscript%3ealert%281%29%3c%2fscript%3e", "%27%20onload%3d%27x%28%29",
      "javascript%3aalert%281%29", "%3c%2fscript%3e%3c%21--%20%2a%2f", "%24%7ba%28%601%60%29%7d",
      "--expression%28%2b%29%26amp%3b", ""}},
    {"<a href='#{{.}}'>",
     {"%22%3e%3cscript%3ealert%281%29%3c%2fscript%3e", "%27%20onload%3d%27x%28%29",
      "javascript%3aalert%281%29", "%3c%2fscript%3e%3c%21--%20%2a%2f", "%24%7ba%28%601%60%29%7d",
      "--expression%28%2b%29%26amp%3b", ""}},
    {"<a href={{.}}>",
     {"%22%3e%3cscript%3ealert%281%29%3c/script%3e", "%27%20onload&#61;%27x%28%29", "#ZgotmplZ",
      "%3c/script%3e%3c!--%20*/", "$%7ba%28%601%60%29%7d", "--expression%28&#43;%29&amp;amp;", "ZgotmplZ"}},
    {R"(<a xlink:href="{{.}}">)",
     {"%22%3e%3cscript%3ealert%281%29%3c/script%3e", "%27%20onload=%27x%28%29", "#ZgotmplZ",
      "%3c/script%3e%3c!--%20*/", "$%7ba%28%601%60%29%7d", "--expression%28&#43;%29&amp;amp;", ""}},
    {R"(<p data-my-url="{{.}}">)",
     {"%22%3e%3cscript%3ealert%281%29%3c/script%3e", "%27%20onload=%27x%28%29", "#ZgotmplZ",
      "%3c/script%3e%3c!--%20*/", "$%7ba%28%601%60%29%7d", "--expression%28&#43;%29&amp;amp;", ""}},
    {R"(<img srcset="{{.}} 2x">)",
     {"%22%3e%3cscript%3ealert%281%29%3c/script%3e", "#ZgotmplZ", "#ZgotmplZ", "#ZgotmplZ",
      "$%7ba%28%601%60%29%7d", "--expression%28&#43;%29&amp;amp;", ""}},
    {R"(<meta content="0; URL = {{.}}">)",
     {"&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "&#39; onload=&#39;x()", "#ZgotmplZ",
      "&lt;/script&gt;&lt;!-- */", "${a(`1`)}", "--expression(&#43;)&amp;amp;", ""}},
    {"<script>f({{.}})</script>",
     {R"("\"\u003e\u003cscript\u003ealert(1)\u003c/script\u003e")", "\"' onload='x()\"",
      "\"javascript:alert(1)\"", R"("\u003c/script\u003e\u003c!-- */")", R"("${a(`1`)}")",
      R"("--expression(+)\u0026amp;")", R"("")"}},
    {R"(<script>f("{{.}}")</script>)",
     {R"(\u0022\u003e\u003cscript\u003ealert(1)\u003c\/script\u003e)", R"(\u0027 onload=\u0027x())",
      "javascript:alert(1)", R"(\u003c\/script\u003e\u003c!-- *\/)", R"(${a(\u00601\u0060)})",
      R"(--expression(\u002b)\u0026amp;)", ""}},
    {"<script>f(`{{.}}`)</script>",
     {R"(\u0022\u003e\u003cscript\u003ealert(1)\u003c\/script\u003e)", R"(\u0027 onload=\u0027x())",
      "javascript:alert(1)", R"(\u003c\/script\u003e\u003c!-- *\/)", R"(\u0024\u007ba(\u00601\u0060)\u007d)",
      R"(--expression(\u002b)\u0026amp;)", ""}},
    {"<script>f(`${ {{.}} }`)</script>",
     {R"("\"\u003e\u003cscript\u003ealert(1)\u003c/script\u003e")", "\"' onload='x()\"",
      "\"javascript:alert(1)\"", R"("\u003c/script\u003e\u003c!-- */")", R"("${a(`1`)}")",
      R"("--expression(+)\u0026amp;")", R"("")"}},
    {"<script>f(/{{.}}/)</script>",
     {R"(\u0022\u003e\u003cscript\u003ealert\(1\)\u003c\/script\u003e)", R"(\u0027 onload=\u0027x\(\))",
      R"(javascript:alert\(1\))", R"(\u003c\/script\u003e\u003c!\-\- \*\/)", R"(\$\{a\(`1`\)\})",
      R"(\-\-expression\(\u002b\)\u0026amp;)", "(?:)"}},
    {"<p onclick=\"f({{.}})\">",
     {R"(&#34;\&#34;\u003e\u003cscript\u003ealert(1)\u003c/script\u003e&#34;)",
      "&#34;&#39; onload=&#39;x()&#34;", "&#34;javascript:alert(1)&#34;",
      R"(&#34;\u003c/script\u003e\u003c!-- */&#34;)", "&#34;${a(`1`)}&#34;",
      R"(&#34;--expression(&#43;)\u0026amp;&#34;)", "&#34;&#34;"}},
    {R"(<p onclick='f("{{.}}")'>)",
     {R"(\u0022\u003e\u003cscript\u003ealert(1)\u003c\/script\u003e)", R"(\u0027 onload=\u0027x())",
      "javascript:alert(1)", R"(\u003c\/script\u003e\u003c!-- *\/)", R"(${a(\u00601\u0060)})",
      R"(--expression(\u002b)\u0026amp;)", ""}},
    {"<style>p{a:{{.}}}</style>",
     {"ZgotmplZ", "ZgotmplZ", "ZgotmplZ", "ZgotmplZ", "ZgotmplZ", "ZgotmplZ", ""}},
    {R"(<p style="a:{{.}}">)", {"ZgotmplZ", "ZgotmplZ", "ZgotmplZ", "ZgotmplZ", "ZgotmplZ", "ZgotmplZ", ""}},
    {R"(<p style="a:'{{.}}'">)",
     {R"(\22\3e\3cscript\3e alert\28 1\29\3c\2fscript\3e )", R"(\27  onload=\27x\28\29 )", "#ZgotmplZ",
      R"(\3c\2fscript\3e\3c!-- *\2f )", R"($\7b a\28`1`\29\7d )", R"(--expression\28\2b\29\26 amp\3b )", ""}},
    {"<p style=\"a:url({{.}})\">",
     {"%22%3e%3cscript%3ealert%281%29%3c/script%3e", "%27%20onload=%27x%28%29", "#ZgotmplZ",
      "%3c/script%3e%3c!--%20*/", "$%7ba%28%601%60%29%7d", "--expression%28&#43;%29&amp;amp;", ""}},
    {"<p style=\"a:url('/x?{{.}}')\">",
     {"%22%3e%3cscript%3ealert%281%29%3c%2fscript%3e", "%27%20onload%3d%27x%28%29",
      "javascript%3aalert%281%29", "%3c%2fscript%3e%3c%21--%20%2a%2f", "%24%7ba%28%601%60%29%7d",
      "--expression%28%2b%29%26amp%3b", ""}},
    {R"(<script type="text/template">{{.}}</script>)",
     {"&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "&#39; onload=&#39;x()", "javascript:alert(1)",
      "&lt;/script&gt;&lt;!-- */", "${a(`1`)}", "--expression(&#43;)&amp;amp;", ""}},
    {R"(<script type="application/ld+json">{{.}}</script>)",
     {R"("\"\u003e\u003cscript\u003ealert(1)\u003c/script\u003e")", "\"' onload='x()\"",
      "\"javascript:alert(1)\"", R"("\u003c/script\u003e\u003c!-- */")", R"("${a(`1`)}")",
      R"("--expression(+)\u0026amp;")", R"("")"}},
};

}  // namespace

TEST_CASE("hostile values stay what they are: values") {
  for (const Place& place : kPlaces) {
    CAPTURE(place.text);
    REQUIRE(place.values.size() == kHostile.size());
    for (std::size_t i = 0; i < kHostile.size(); ++i) {
      std::string want = place.text;
      want.replace(want.find("{{.}}"), 5, place.values[i]);
      CHECK(html_outcome(place.text, Value::string(kHostile[i])) == want);
    }
  }
}

TEST_CASE("what stands in comments is left out, whatever it is") {
  for (const auto& [text, want] : std::vector<std::pair<const char*, const char*>>{
           {"a<!-- {{.}} -->b", "ab"},
           {"<script>a/*{{.}}*/b</script>", "<script>a b</script>"},
           {"<script>a/*\n{{.}} */b</script>", "<script>a\n b</script>"},
           {"<script>a// {{.}}\nb</script>", "<script>a\nb</script>"},
           {"<script>a <!-- {{.}}\nb --> {{.}}\nc</script>", "<script>a \nb \nc</script>"},
           {"<style>a/*{{.}}*/b</style>", "<style>a b</style>"},
           {"<p onclick=\"/* {{.}} */\">", "<p onclick=\"/*  */\">"}}) {
    CAPTURE(text);
    for (const std::string& value : kHostile) CHECK(html_outcome(text, Value::string(value)) == want);
  }
}

}  // namespace tocsin::tmpl
