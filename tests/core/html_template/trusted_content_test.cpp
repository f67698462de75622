// What text of a trusted type becomes in every place: itself only where the type belongs.
#include "tests/core/html_template/html_template_table.h"

namespace tocsin::tmpl {
namespace {

const std::vector<Value> kTrusted = {
    Value::string("<b title='>'>a</b> &amp; \"c\"<script>d</script>", StringType::html),
    Value::string("rgb(1, 2, 3)", StringType::css),
    Value::string(" dir=\"ltr\"", StringType::html_attribute),
    Value::string("f(\"x\") && 1", StringType::js),
    Value::string("it\\u0027s \"x\"", StringType::js_string),
    Value::string("tel:1?a=%41,(b)&c", StringType::url),
    Value::string("a.png 2x, b(c).png 3x", StringType::srcset),
};

struct Place {
  const char* text;
  std::vector<std::string> values;  // nothing: ZgotmplZ
};

const std::vector<Place> kPlaces = {
    {"{{.}}",
     {"<b title='>'>a</b> &amp; \"c\"<script>d</script>", "rgb(1, 2, 3)", " dir=&#34;ltr&#34;",
      "f(&#34;x&#34;) &amp;&amp; 1", "it\\u0027s &#34;x&#34;", "tel:1?a=%41,(b)&amp;c",
      "a.png 2x, b(c).png 3x"}},
    {"<title>{{.}}</title>",
     {"&lt;b title=&#39;&gt;&#39;&gt;a&lt;/b&gt; &amp; &#34;c&#34;&lt;script&gt;d&lt;/script&gt;",
      "rgb(1, 2, 3)", " dir=&#34;ltr&#34;", "f(&#34;x&#34;) &amp;&amp; 1", "it\\u0027s &#34;x&#34;",
      "tel:1?a=%41,(b)&amp;c", "a.png 2x, b(c).png 3x"}},
    {"<p title='{{.}}'>",
     {"a &amp; &#34;c&#34;", "rgb(1, 2, 3)", " dir=&#34;ltr&#34;", "f(&#34;x&#34;) &amp;&amp; 1",
      "it\\u0027s &#34;x&#34;", "tel:1?a=%41,(b)&amp;c", "a.png 2x, b(c).png 3x"}},
    {"<p title={{.}}>",
     {"a&#32;&amp;&#32;&#34;c&#34;", "rgb(1,&#32;2,&#32;3)", "&#32;dir&#61;&#34;ltr&#34;",
      "f(&#34;x&#34;)&#32;&amp;&amp;&#32;1", "it\\u0027s&#32;&#34;x&#34;", "tel:1?a&#61;%41,(b)&amp;c",
      "a.png&#32;2x,&#32;b(c).png&#32;3x"}},
    {"<p{{.}}>", {"", "", " dir=\"ltr\"", "", "", "", ""}},
    {"<style>{{.}}</style>", {"", "rgb(1, 2, 3)", "", "", "", "", ""}},
    {"<script>{{.}}</script>",
     {"\"\\u003cb title='\\u003e'\\u003ea\\u003c/b\\u003e \\u0026amp; "
      "\\\"c\\\"\\u003cscript\\u003ed\\u003c/script\\u003e\"",
      "\"rgb(1, 2, 3)\"", "\" dir=\\\"ltr\\\"\"", "f(\"x\") && 1", "\"it\\u0027s \"x\"\"",
      "\"tel:1?a=%41,(b)\\u0026c\"", "\"a.png 2x, b(c).png 3x\""}},
    {"<script>'{{.}}'</script>",
     {"\\u003cb title=\\u0027\\u003e\\u0027\\u003ea\\u003c\\/b\\u003e \\u0026amp; "
      "\\u0022c\\u0022\\u003cscript\\u003ed\\u003c\\/script\\u003e",
      "rgb(1, 2, 3)", " dir=\\u0022ltr\\u0022", "f(\\u0022x\\u0022) \\u0026\\u0026 1",
      "it\\u0027s \\u0022x\\u0022", "tel:1?a=%41,(b)\\u0026c", "a.png 2x, b(c).png 3x"}},
    {"<a href='?{{.}}'>",
     {"%3cb%20title%3d%27%3e%27%3ea%3c%2fb%3e%20%26amp%3b%20%22c%22%3cscript%3ed%3c%2fscript%3e",
      "rgb%281%2c%202%2c%203%29", "%20dir%3d%22ltr%22", "f%28%22x%22%29%20%26%26%201",
      "it%5cu0027s%20%22x%22", "tel:1?a=%41,%28b%29&amp;c", "a.png%202x%2c%20b%28c%29.png%203x"}},
    {"<a href='{{.}}'>",
     {"%3cb%20title=%27%3e%27%3ea%3c/b%3e%20&amp;amp;%20%22c%22%3cscript%3ed%3c/script%3e",
      "rgb%281,%202,%203%29", "%20dir=%22ltr%22", "f%28%22x%22%29%20&amp;&amp;%201", "it%5cu0027s%20%22x%22",
      "tel:1?a=%41,%28b%29&amp;c", "a.png%202x,%20b%28c%29.png%203x"}},
    {"<img srcset='{{.}}'>",
     {"#ZgotmplZ", "rgb%281, 2, 3%29", " dir=%22ltr%22", "#ZgotmplZ", "#ZgotmplZ",
      "tel:1?a=%41%2c%28b%29&amp;c", "a.png 2x, b(c).png 3x"}},
};

}  // namespace

TEST_CASE("trusted text is trusted only where its type belongs") {
  for (const Place& place : kPlaces) {
    const std::string text = place.text;
    for (std::size_t i = 0; i < kTrusted.size(); ++i) {
      CAPTURE(text);
      CAPTURE(kTrusted[i].type_name());
      std::string want = text;
      want.replace(text.find("{{.}}"), 5, place.values[i].empty() ? "ZgotmplZ" : place.values[i]);
      CHECK(html_outcome(text, kTrusted[i]) == want);
    }
  }
}

TEST_CASE("values of all kinds can stand in scripts and in text") {
  struct Row {
    Value value;
    const char* script;
    const char* text;
  };
  for (const Row& row : std::vector<Row>{
           {Value(), " null ", ""},
           {Value::boolean(true), " true ", "true"},
           {Value::integer(-3), " -3 ", "-3"},
           {Value::floating(1.5e21), " 1.5e+21 ", "1.5e&#43;21"},
           {Value::floating(1.0 / 0.0), " /* json: unsupported value: +Inf */null ", "&#43;Inf"},
           {Value::duration({90'000'000'000}), "\"1m30s\"", "1m30s"},
           {Value::list({Value::string("<"), Value(), Value::list({})}), "[\"\\u003c\",null,[]]",
            "[&lt; &lt;nil&gt; []]"},
           {Value::map({{"a", Value::duration({5})}}), "{\"a\":5}", "map[a:5ns]"},
       }) {
    CAPTURE(row.text);
    CHECK(html_outcome("<script>{{.}}</script>", row.value) ==
          std::string("<script>") + row.script + "</script>");
    CHECK(html_outcome("{{.}}", row.value) == row.text);
  }
}

}  // namespace tocsin::tmpl
