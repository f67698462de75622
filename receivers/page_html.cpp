#include "receivers/page_html.h"

#include "core/template/escape.h"
#include "receivers/trend_picture.h"

namespace tocsin {
namespace {

std::string escaped(std::string_view text) {
  return tmpl::html_escape(text);
}

// Line breaks of an annotation stay.
std::string paragraph_text(std::string_view text) {
  std::string out;
  for (const char c : escaped(text)) out += c == '\n' ? "<br>\n" : std::string(1, c);
  return out;
}

std::string color_of(const Page& page) {
  if (!page.firing) return "#3c8d40";
  switch (page.severity) {
    case AlertSeverity::kCritical:
      return "#b3261e";
    case AlertSeverity::kError:
      return "#c2571a";
    case AlertSeverity::kWarning:
      return "#8a6100";
    case AlertSeverity::kInfo:
      return "#1f6fb5";
  }
  return "#b3261e";
}

void add_row(std::string& out, const std::string& style, const std::string& content) {
  if (!content.empty()) out += "<tr><td style=\"padding:6px 24px;" + style + "\">" + content + "</td></tr>\n";
}

std::string cell(const char* tag, const std::string& style, const std::string& content) {
  return std::string("<") + tag + " align=\"left\" style=\"padding:6px 8px;border-bottom:1px solid #e3e6ea;" +
         style + "\">" + content + "</" + tag + ">";
}

std::string change_cell(const std::string& change) {
  const char* style = change == "new"        ? "color:#b3261e;font-weight:bold;"
                      : change == "resolved" ? "color:#3c8d40;font-weight:bold;"
                                             : "";
  return cell("td", style, escaped(change));
}

std::string table(const Page& page) {
  if (!page.has_table()) return "";
  bool says = false;
  for (const PageRow& row : page.rows) says = says || !row.saying.empty();
  std::string out =
      "<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
      "style=\"font-size:14px;color:#20242a;\">\n<tr>";
  const std::string head = "color:#5c646e;font-weight:normal;font-size:12px;";
  out += cell("th", head, "");
  for (const std::string& name : page.columns) out += cell("th", head, escaped(name));
  out += cell("th", head, "for");
  if (says) out += cell("th", head, "says");
  out += "</tr>\n";
  for (const PageRow& row : page.rows) {
    out += "<tr>" + change_cell(row.change);
    for (const std::string& value : row.values) out += cell("td", "word-break:break-word;", escaped(value));
    out += cell("td", "white-space:nowrap;", escaped(row.age));
    if (says) out += cell("td", "", escaped(row.saying));
    out += "</tr>\n";
  }
  out += "</table>";
  const std::string more = page.more(page.rows.size());
  if (more.empty()) return out;
  return out + "<p style=\"margin:8px;font-size:14px;\">" +
         (page.all_url.empty() ? escaped(more)
                               : "<a href=\"" + escaped(page.all_url) + "\" style=\"color:#1f6fb5;\">" +
                                     escaped(more) + "</a>") +
         "</p>";
}

// The bars are for where pictures are not shown: they are the picture's other text.
void add_trend(const Page& page, std::string& body) {
  if (page.trend.empty()) return;
  if (page.trend_picture.empty())
    return add_row(body, "font-size:16px;font-family:Menlo,Consolas,monospace;color:#20242a;",
                   escaped(page.trend));
  add_row(body, "",
          "<img src=\"cid:" + escaped(page.trend_picture) + "\" width=\"" +
              std::to_string(kTrendPictureWidth) + "\" alt=\"" + escaped(page.trend) +
              "\" style=\"display:block;width:100%;max-width:" + std::to_string(kTrendPictureWidth) +
              "px;height:auto;border:0;\">\n<div style=\"padding-top:4px;font-size:12px;color:#5c646e;\">" +
              escaped(page.trend_words) + "</div>");
}

std::string buttons(const Page& page) {
  std::string out;
  for (const PageLink& link : page.links) {
    out += "<a href=\"" + escaped(link.url) +
           "\" style=\"display:inline-block;margin:4px 8px 4px 0;padding:8px 14px;border:1px solid #c3cad2;"
           "color:#1f6fb5;text-decoration:none;font-size:14px;\">" +
           escaped(link.text) + "</a>\n";
  }
  return out;
}

}  // namespace

std::string page_html(const Page& page) {
  const std::string title = page.title(250);
  std::string body;
  add_row(body, "padding-top:18px;font-size:16px;line-height:22px;color:#20242a;font-weight:bold;",
          paragraph_text(page.summary));
  add_row(body, "font-size:14px;line-height:20px;color:#20242a;", paragraph_text(page.description));
  add_row(body, "font-size:14px;line-height:20px;color:#20242a;", escaped(page.delta()));
  add_trend(page, body);
  add_row(body, "", table(page));
  add_row(body, "padding-top:12px;", buttons(page));
  add_row(body, "font-size:12px;color:#5c646e;", escaped(page.common));
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         escaped(title) +
         "</title>\n</head>\n"
         "<body "
         "style=\"margin:0;padding:0;background-color:#f2f4f6;font-family:Helvetica,Arial,sans-serif;\">\n"
         "<div style=\"display:none;max-height:0;overflow:hidden;\">" +
         escaped(page.delta()) +
         "</div>\n"
         "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
         "style=\"background-color:#f2f4f6;\">\n<tr><td align=\"center\" style=\"padding:16px 8px;\">\n"
         "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
         "style=\"max-width:720px;background-color:#ffffff;border:1px solid #e3e6ea;\">\n"
         "<tr><td bgcolor=\"" +
         color_of(page) + "\" style=\"padding:18px 24px;background-color:" + color_of(page) +
         ";color:#ffffff;font-size:18px;line-height:24px;font-weight:bold;\">" + escaped(title) +
         "</td></tr>\n" + body +
         "<tr><td style=\"padding:14px 24px;border-top:1px solid #e3e6ea;font-size:12px;color:#5c646e;\">" +
         escaped(page.footer) + "</td></tr>\n</table>\n</td></tr>\n</table>\n</body>\n</html>\n";
}

}  // namespace tocsin
