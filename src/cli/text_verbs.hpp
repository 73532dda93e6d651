#pragma once

#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming)
class App;
}

namespace snpse {

/// The verbs that answer by a text alone, and what their arguments are filled into: explain, manual,
/// completion, version and help. Both arguments of add_to() and this object must outlive the parsing.
class TextVerbs {
 public:
  /// To be called once all other verbs are there.
  void add_to(CLI::App& app, std::string& text);

 private:
  void add_version(CLI::App& app, std::string& text);
  void add_explain(CLI::App& app, std::string& text);
  void add_documents(CLI::App& app, std::string& text);
  void add_help(CLI::App& app, std::string& text);

  std::string key_, page_of_, shell_, help_for_;
  bool json_ = false;
};

}  // namespace snpse
