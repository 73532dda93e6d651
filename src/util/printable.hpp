#pragma once

#include <string>
#include <string_view>

namespace snpse {

/// Text of others as a terminal or a message may show it: control characters but ends of lines and tabs, and
/// bytes that are no UTF-8, are written as \x1b. Only the first `most` bytes, and "..." where there are more.
std::string printable(std::string_view text, std::size_t most = std::string_view::npos);

}  // namespace snpse
