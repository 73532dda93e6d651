#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace snpse {

/// JSON that may have the NaN and Infinity that many programs write and that JSON does not know, also as
/// Python prints them: they become null. Throws nlohmann::json::exception.
nlohmann::json parse_json_with_nan(std::string_view text);

/// All numbers in lists of any depth, in order; null is NaN. Error(data) that begins with `where` for
/// anything else.
std::vector<double> numbers_in_json(const nlohmann::json& json, const std::string& where);

}  // namespace snpse
