#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace snpse {

/// The candidate with the smallest edit distance (insertions, deletions, substitutions, swaps of
/// neighbours) to word. candidates must not be empty.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace snpse
