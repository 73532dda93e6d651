#include "report/page/html.hpp"

#include <fmt/format.h>

#include "snpse_templates.hpp"

namespace snpse {

std::string html_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '"')
      escaped += "&quot;";
    else if (c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= 0x20)
      escaped += c;
  }
  return escaped;
}

std::string html_table(const std::vector<std::string>& head,
                       const std::vector<std::vector<std::string>>& rows, std::size_t words) {
  constexpr std::size_t kLong = 40;  // letters, that a narrow column would break into many lines
  const auto cells = [&](const std::vector<std::string>& row, const char* kind) {
    std::string text = "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto* style = i >= words ? " class=\"number\"" : row[i].size() > kLong ? " class=\"text\"" : "";
      text += fmt::format("<{0}{1}>{2}</{0}>", kind, style, row[i]);
    }
    return text + "</tr>\n";
  };
  std::string text = "<div class=\"wide\"><table>\n<thead>" + cells(head, "th") + "</thead>\n<tbody>\n";
  for (const auto& row : rows) text += cells(row, "td");
  return text + "</tbody></table></div>\n";
}

std::string html_list(const std::vector<std::string>& items) {
  if (items.empty()) return "";
  std::string text = "<ul>\n";
  for (const auto& item : items) text += "<li>" + item + "</li>\n";
  return text + "</ul>\n";
}

std::string html_section(int level, std::string_view title, const std::string& body) {
  if (body.empty()) return "";
  return fmt::format("<section>\n<h{0}>{1}</h{0}>\n{2}</section>\n", level, html_text(title), body);
}

std::string html_details(std::string_view title, const std::string& body) {
  return fmt::format("<details>\n<summary>{}</summary>\n{}</details>\n", html_text(title), body);
}

std::string html_page(std::string_view title, const std::string& body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n"
      "<body>\n<main>\n{}</main>\n</body>\n</html>\n",
      html_text(title), templates::report_css, body);
}

}  // namespace snpse
