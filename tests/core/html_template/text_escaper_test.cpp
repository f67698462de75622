// Where fragments of HTML leave a reader, and what is printed of them.
#include "core/html_template/text_escaper.h"

#include "core/html_template/entities.h"
#include "tests/core/html_template/html_template_table.h"

namespace tocsin::tmpl {
namespace {

// Without the names of what is as it is in plain text.
std::string place_after(const std::string& text) {
  std::string place = escape_text({}, text).after.text();
  for (const std::string usual :
       {" delimNone", " urlPartNone", " jsCtxRegexp", " []", " attrNone", " elementNone", " <nil>"}) {
    if (const auto at = place.find(usual); at != std::string::npos) place.erase(at, usual.size());
  }
  return place;
}

}  // namespace

TEST_CASE("fragments leave the reader where HTML, JavaScript and CSS say") {
  for (const auto& [text, place] : std::vector<std::pair<const char*, const char*>>{
           {"", "{stateText}"},
           {"a < b <", "{stateText}"},
           {"<b>1</b>", "{stateText}"},
           {"<a", "{stateTag}"},
           {"</script", "{stateTag}"},
           {"<a h", "{stateAttrName}"},
           {"<a HREF", "{stateAttrName attrURL}"},
           {"<a href ", "{stateAfterName attrURL}"},
           {"<a onx =", "{stateBeforeValue attrScript}"},
           {"<a href=x", "{stateURL delimSpaceOrTagEnd urlPartPreQuery attrURL}"},
           {"<a href=x?", "{stateURL delimSpaceOrTagEnd urlPartQueryOrFrag attrURL}"},
           {"<a href=>", "{stateText}"},
           {"<a href=' ", "{stateURL delimSingleQuote attrURL}"},
           {"<a title='>", "{stateAttr delimSingleQuote}"},
           {"<a title='>' b", "{stateAttrName}"},
           {"<img srcset=\"a", "{stateSrcset delimDoubleQuote urlPartPreQuery attrSrcset}"},
           {"<a onclick='&quot;a", "{stateJSDqStr delimSingleQuote attrScript}"},
           {"<a onclick='&#34;a&#x22", "{stateJS delimSingleQuote jsCtxDivOp attrScript}"},
           {"<a onclick=\"1 /", "{stateJS delimDoubleQuote attrScript}"},
           {"<a onclick=\"f(/", "{stateJSRegexp delimDoubleQuote attrScript}"},
           {"<a onclick=\"/a[/]", "{stateJSRegexp delimDoubleQuote attrScript}"},
           {"<a style=\"x: '/?", "{stateCSSSqStr delimDoubleQuote urlPartQueryOrFrag attrStyle}"},
           {"<a style=\"x: \\66oo('\\3f ", "{stateCSSSqStr delimDoubleQuote urlPartPreQuery attrStyle}"},
           {"<a style=\"x: '\\3f \\41", "{stateCSSSqStr delimDoubleQuote urlPartQueryOrFrag attrStyle}"},
           {"<a style=\"x: URL( &quot;/", "{stateCSSDqURL delimDoubleQuote urlPartPreQuery attrStyle}"},
           {"<a style=\"x: curl(", "{stateCSS delimDoubleQuote attrStyle}"},
           {"<a style=\"x: url(y", "{stateCSSURL delimDoubleQuote urlPartPreQuery attrStyle}"},
           {"<a style=\"x: url(y)", "{stateCSS delimDoubleQuote attrStyle}"},
           {"<a style='//", "{stateCSSLineCmt delimSingleQuote attrStyle}"},
           {"<style>a/*", "{stateCSSBlockCmt elementStyle}"},
           {"<style>\"</style>", "{stateText}"},
           {"<!-->", "{stateHTMLCmt}"},
           {"<!-- a -->", "{stateText}"},
           {"<script", "{stateTag elementScript}"},
           {"<script>", "{stateJS elementScript}"},
           {"<script>a ++ ", "{stateJS jsCtxDivOp elementScript}"},
           {"<script>a + ", "{stateJS elementScript}"},
           {"<script>return", "{stateJS elementScript}"},
           {"<script>4.", "{stateJS jsCtxDivOp elementScript}"},
           {"<script>a\u00a0", "{stateJS jsCtxDivOp elementScript}"},
           {"<script>// a\u2028", "{stateJS elementScript}"},
           {"<script>\"</script>", "{stateJSDqStr elementScript}"},
           {"<script>a</SCRIPT >", "{stateText}"},
           {"<script>a</scripty", "{stateJS jsCtxDivOp elementScript}"},
           {"<script>`a${", "{stateJS [0] elementScript}"},
           {"<script>`a${{", "{stateJS [1] elementScript}"},
           {"<script>`a${`${{}}", "{stateJSTmplLit [0] elementScript}"},
           {"<script>`a${}", "{stateJSTmplLit elementScript}"},
           {"<script type=\"text/html\">", "{stateText}"},
           {"<script type=' Module ; x'>", "{stateJS elementScript}"},
           {"<textarea><b>", "{stateRCDATA elementTextarea}"},
           {"<title>a</title>", "{stateText}"},
           {"<meta content='0;url =", "{stateMetaContentURL delimSingleQuote attrMetaContent elementMeta}"},
           {"<meta content='0;url=x; a", "{stateMetaContent delimSingleQuote attrMetaContent elementMeta}"},
           {"<meta>", "{stateText}"},
       }) {
    CAPTURE(text);
    CHECK(place_after(text) == place);
  }
}

TEST_CASE("text that would begin something is changed, and all other text is not") {
  for (const auto& [text, want] : std::vector<std::pair<const char*, const char*>>{
           {"a < b << c", "a &lt; b &lt;&lt; c"},
           {"<!DocType html><p>", "<!DocType html><p>"},
           {"<![CDATA[ x ]]>", "&lt;![CDATA[ x ]]>"},
           {"a<!-- b -->c", "ac"},
           {"<textarea>a < b</textarea>", "<textarea>a &lt; b</textarea>"},
           {"<script>f('</script <!-- <Script')</script>",
            "<script>f('\\x3C/script \\x3C!-- \\x3CScript')</script>"},
           {"<script>f(/</script/)</script>", "<script>f(/\\x3C/script/)</script>"},
           {"<p title='a < b'>", "<p title='a < b'>"},
       }) {
    CAPTURE(text);
    CHECK(escape_text({}, text).changed.value_or(text) == want);
  }
}

TEST_CASE("character references become what they stand for") {
  for (const auto& [text, want] : std::vector<std::pair<const char*, const char*>>{
           {"a&quot;b&apos;c&lt;&gt;&amp;", "a\"b'c<>&"},
           {"&#39;&#x2F;&#X2f;&#47 ;", "'/// ;"},
           {"&quot&ampx&notit;&not;&hookrightarrow;", "\"&x¬it;¬↪"},
           {"&NotEqualTilde;&lang;&NewLine;", "≂̸⟨\n"},
           {"&#150;&#0;&#xD800;&#x110000;&#99999999999;", "–\uFFFD\uFFFD\uFFFD\uFFFD"},
           {"& &; &# &#; &#x; &unknown; &", "& &; &# &#; \uFFFD &unknown; &"},
       }) {
    CAPTURE(text);
    CHECK(unescape_entities(text) == want);
  }
}

}  // namespace tocsin::tmpl
