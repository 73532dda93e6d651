#include "report/page/html.hpp"

#include <gtest/gtest.h>

#include "report/page/pictures.hpp"

namespace snpse {
namespace {

TEST(Html, ShowsTextOfOthersAsItIs) {
  EXPECT_EQ(html_text("a <b> & \"c\""), "a &lt;b&gt; &amp; &quot;c&quot;");
  EXPECT_EQ(html_text(std::string("\x01\x02\x1b[31m")),
            "[31m");  // no marks of pictures, and no colours of a terminal
}

TEST(Html, HasNoSectionWithNothingToSay) {
  EXPECT_EQ(html_section(2, "Title", ""), "");
  EXPECT_EQ(html_list({}), "");
}

TEST(Gnuplot, EvaluatesNothingInText) {
  EXPECT_EQ(gnuplot_text("it's `date`\n@x"), "'it''s `date`@x'");
}

TEST(PictureBook, DrawsWhatItIsGivenInItsPlace) {
  PictureBook book;
  const auto place = book.add({.script = gnuplot_data("d", {{0, 1}, {1, 2}}) + "set xlabel " +
                                         gnuplot_text("<x>") + "\nplot $d with lines notitle",
                               .alternative = "a \"line\"",
                               .caption = "rising"});
  const auto page = book.fill("before" + place + "after");
  EXPECT_EQ(book.complaint(), "");
  EXPECT_TRUE(page.starts_with("before<figure>"));
  EXPECT_TRUE(page.ends_with("</figure>\nafter"));
  EXPECT_NE(page.find("aria-label=\"a &quot;line&quot;\""), std::string::npos);
  EXPECT_NE(page.find("&lt;x>"), std::string::npos);
  EXPECT_EQ(page.find("id="), std::string::npos);
}

TEST(PictureBook, WritesColoursAsTheStyleSheetNamesThem) {
  // What makes a picture legible on dark paper: the style sheet changes each of these attributes.
  const auto style = html_page("", "");
  EXPECT_NE(style.find("svg [stroke='black']"), std::string::npos);  // axes
  for (const char* colour : {kBlue, kOrange, kRed, kGreen, kGrey}) {
    PictureBook book;
    const auto place = book.add({.script = fmt::format("plot x with lines lc rgb '{}' notitle", colour)});
    const auto page = book.fill(place);
    const auto begin = page.rfind("stroke='rgb(");
    ASSERT_NE(begin, std::string::npos);
    const auto attribute = page.substr(begin, page.find(')', begin) + 2 - begin);
    EXPECT_NE(style.find("svg [" + attribute + "]"), std::string::npos) << attribute;
  }
}

TEST(PictureBook, SaysWhatGnuplotCannotDraw) {
  PictureBook book;
  const auto place = book.add({.script = "plot $absent"});
  EXPECT_EQ(book.fill("before " + place + "after"), "before after");
  EXPECT_NE(book.complaint().find("gnuplot did not draw"), std::string::npos);
}

}  // namespace
}  // namespace snpse
