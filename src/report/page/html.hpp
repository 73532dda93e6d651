#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace snpse {

/// Text of others as HTML shows it: the special characters escaped, control characters left out.
std::string html_text(std::string_view text);

/// A table; the cells are HTML. Columns after the first `words` hold numbers, which stand to the right.
std::string html_table(const std::vector<std::string>& head,
                       const std::vector<std::vector<std::string>>& rows, std::size_t words = 1);

/// A list of items, which are HTML; empty where there are none.
std::string html_list(const std::vector<std::string>& items);

/// A section with a heading of this level; empty where the body is.
std::string html_section(int level, std::string_view title, const std::string& body);

/// What is shown once the reader asks for it, and on paper.
std::string html_details(std::string_view title, const std::string& body);

/// A whole page that needs nothing but itself.
std::string html_page(std::string_view title, const std::string& body);

}  // namespace snpse
