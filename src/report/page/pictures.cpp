#include "report/page/pictures.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <stop_token>

#include <fmt/format.h>

#include "report/page/html.hpp"
#include "simulation/child_process.hpp"
#include "storage/durable_file.hpp"
#include "util/error.hpp"
#include "util/temporary_folder.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

// What stands in a page for a picture, around the picture's number. html_text() lets neither pass.
constexpr char kMark = '\x01';
constexpr char kEnd = '\x02';
// A picture wider than this is not made narrower than a part of its width, but can be moved sideways.
constexpr int kWide = 700;
constexpr double kLeastScale = 0.55;

fs::path picture_file(std::size_t number) {
  return fmt::format("{}.svg", number);
}

std::string script_of(const std::vector<Picture>& pictures) {
  std::string script = "set encoding utf8\n";
  for (std::size_t i = 0; i < pictures.size(); ++i)
    script += fmt::format(
        "reset\nset terminal svg size {},{} font 'sans-serif,12' name 'p{}_' noenhanced\nset output '{}'\n"
        "set style fill transparent solid 0.25 noborder\nset border 3\nset tics nomirror out scale 0.5\n{}\n"
        "unset output\n",
        pictures[i].width, pictures[i].height, i, picture_file(i).string(), pictures[i].script);
  return script;
}

void run_gnuplot(const fs::path& folder) {
  constexpr auto kPatience = std::chrono::minutes(2);
  ChildProcess gnuplot({.command = {"gnuplot", "-d", "pictures.gp"},
                        .folder = folder,
                        .environment = {},
                        .log = folder / "log"});
  const auto deadline = ChildProcess::Deadline::clock::now() + kPatience;
  std::string line;
  while (gnuplot.read_line(line, deadline, std::stop_token()) == ChildProcess::Wait::done) {
  }
}

/// Without the text between `from` and `to`, wherever both stand.
std::string without(std::string text, std::string_view from, std::string_view to) {
  for (auto begin = text.find(from); begin != std::string::npos; begin = text.find(from, begin)) {
    const auto end = text.find(to, begin + from.size());
    if (end == std::string::npos) break;
    text.erase(begin, end + to.size() - begin);
  }
  return text;
}

/// gnuplot's file as a part of a page.
std::string inline_svg(const std::string& file, const Picture& picture) {
  auto begin = file.find("<g id=\"gnuplot_canvas\">");
  const auto end = file.rfind("</svg>");
  if (begin == std::string::npos || end == std::string::npos) return "";
  begin = file.find('>', begin) + 1;
  auto body = file.substr(begin, end - begin);
  body.resize(body.rfind("</g>"));
  body = without(without(body, "<title>", "</title>"), "<defs>", "</defs>");
  body = without(body, " id=\"", "\"");
  body.erase(
      std::unique(body.begin(), body.end(),
                  [](char a, char b) { return std::isspace(a) != 0 && std::isspace(b) != 0 && a == b; }),
      body.end());
  return fmt::format(
      "<svg role=\"img\" aria-label=\"{2}\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "xmlns=\"http://www.w3.org/2000/svg\">{3}</svg>",
      picture.width, picture.height, html_text(picture.alternative), body);
}

std::string figure_of(const std::string& file, const Picture& picture) {
  const auto svg = inline_svg(file, picture);
  if (svg.empty()) return "";
  const auto dense = picture.width > kWide ? fmt::format(" class=\"dense\" style=\"--least: {:.0f}px\"",
                                                         kLeastScale * picture.width)
                                           : "";
  return fmt::format("<figure{}>\n<div class=\"wide\">{}</div>\n<figcaption>{}</figcaption>\n</figure>\n",
                     dense, svg, picture.caption);
}

}  // namespace

std::string gnuplot_text(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) continue;
    quoted += c;
    if (c == '\'') quoted += c;
  }
  return quoted + "'";
}

std::string gnuplot_data(const std::string& name, const std::vector<std::vector<double>>& rows) {
  std::string block = fmt::format("${} << EOD\n", name);
  for (const auto& row : rows) {
    for (const double value : row) block += fmt::format("{:.6g} ", value);
    block += '\n';
  }
  return block + "EOD\n";
}

std::string PictureBook::add(Picture picture) {
  pictures_.push_back(std::move(picture));
  return fmt::format("{}{}{}", kMark, pictures_.size() - 1, kEnd);
}

std::string PictureBook::fill(const std::string& page) {
  const TemporaryFolder folder;
  std::vector<std::string> figures(pictures_.size());
  try {
    write_durably(folder.path() / "pictures.gp", script_of(pictures_));
    run_gnuplot(folder.path());
    for (std::size_t i = 0; i < pictures_.size(); ++i) {
      const auto file = folder.path() / picture_file(i);
      if (fs::exists(file)) figures[i] = figure_of(read_whole(file), pictures_[i]);
      if (figures[i].empty())
        complaint_ = fmt::format("gnuplot did not draw: {}", read_whole(folder.path() / "log"));
    }
  } catch (const Error& error) {
    if (error.code() != ExitCode::config) throw;
    complaint_ = "gnuplot is not installed (the package gnuplot-nox of Debian)";
  }
  std::string filled;
  for (std::size_t at = 0;;) {
    const auto mark = page.find(kMark, at);
    filled += page.substr(at, mark - at);
    if (mark == std::string::npos) return filled;
    const auto end = page.find(kEnd, mark);
    filled += figures[std::stoul(page.substr(mark + 1, end - mark - 1))];
    at = end + 1;
  }
}

}  // namespace snpse
