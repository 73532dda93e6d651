#pragma once

#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming)
class App;
}

namespace snpse {

/// An option or an argument of a verb, as its help says it.
struct OptionDocument {
  std::string name;  ///< "--out", or "FILE" of an argument
  std::string description;
  bool is_argument = false;  ///< stands without a name
  bool takes_value = false;
  bool required = false;
  std::string standard = {};         ///< the default value; empty: none
  std::vector<std::string> choices;  ///< of its value; empty: anything
};

struct VerbDocument {
  std::string name;
  std::string description;
  std::vector<OptionDocument> options;
};

/// What the program takes: the one source of its help, manual pages and completions.
struct ProgramDocument {
  std::string description;
  std::vector<VerbDocument> verbs;
};

ProgramDocument document_of(const CLI::App& app);

/// The manual page of the program or of a verb, in the man macros. verb: empty, or its name.
std::string manual_page(const ProgramDocument& program, const std::string& verb);

/// A script that completes the program's command line in "bash", "zsh" or "fish".
std::string completion_script(const ProgramDocument& program, const std::string& shell);

}  // namespace snpse
