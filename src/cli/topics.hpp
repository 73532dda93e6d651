#pragma once

#include <string>
#include <vector>

namespace snpse {

/// What `snpse help` explains besides the verbs.
std::vector<std::string> topic_names();
/// The text of one of these topics.
std::string topic_text(const std::string& name);

}  // namespace snpse
