#pragma once

#include <string>
#include <vector>

namespace snpse {

// The colours of pictures, which report.css changes for dark paper. They differ for colour-blind readers
// (Okabe and Ito 2008), and in lightness.
inline constexpr const char* kBlue = "#0072b2";
inline constexpr const char* kOrange = "#b87d00";
inline constexpr const char* kRed = "#d55e00";
inline constexpr const char* kGreen = "#00775a";
inline constexpr const char* kGrey = "#808080";

/// A picture that gnuplot draws.
struct Picture {
  int width = 440;  ///< pixels
  int height = 280;
  std::string script;            ///< commands of gnuplot, but for the terminal and the output
  std::string alternative = {};  ///< the picture in words, as text
  std::string caption = {};      ///< HTML
};

/// Text as a constant of gnuplot's language, in which nothing is evaluated.
std::string gnuplot_text(const std::string& text);
/// Rows of numbers as a data block of gnuplot's language; name without the $.
std::string gnuplot_data(const std::string& name, const std::vector<std::vector<double>>& rows);

/// The pictures of a page, which are drawn together once all of them are known.
class PictureBook {
 public:
  /// Takes a picture; returns what stands in its place in the page's text.
  std::string add(Picture picture);
  /// The page with its pictures as inline SVG. Where gnuplot cannot draw, the page has no pictures.
  std::string fill(const std::string& page);
  /// Why there are no pictures, after fill(); empty where there are.
  const std::string& complaint() const { return complaint_; }

 private:
  std::vector<Picture> pictures_;
  std::string complaint_;
};

}  // namespace snpse
