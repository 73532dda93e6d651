#include "cli/program_document.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>

namespace snpse {
namespace {

/// The names in the braces of a type such as "TEXT:{a,b}".
std::vector<std::string> choices_in(const std::string& type) {
  const auto begin = type.find('{');
  const auto end = type.find('}');
  std::vector<std::string> choices;
  if (begin == std::string::npos || end == std::string::npos) return choices;
  for (auto at = begin + 1; at < end;) {
    const auto comma = std::min(type.find(',', at), end);
    choices.push_back(type.substr(at, comma - at));
    at = comma + 1;
  }
  return choices;
}

OptionDocument document_of_option(const CLI::Option& option) {
  OptionDocument document;
  document.is_argument = !option.nonpositional() && option.get_lnames().empty();
  document.name = document.is_argument ? option.get_name() : "--" + option.get_lnames().front();
  document.description = option.get_description();
  document.takes_value = option.get_items_expected_max() > 0;
  document.required = option.get_required();
  document.standard = option.get_default_str();
  document.choices = choices_in(option.get_type_name());
  return document;
}

}  // namespace

ProgramDocument document_of(const CLI::App& app) {
  const auto& text = app.get_description();
  const auto prefix = app.get_name() + ": ";
  ProgramDocument program{text.starts_with(prefix) ? text.substr(prefix.size()) : text, {}};
  for (const auto* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    VerbDocument document{verb->get_name(), verb->get_description(), {}};
    for (const auto* option : verb->get_options()) document.options.push_back(document_of_option(*option));
    program.verbs.push_back(std::move(document));
  }
  return program;
}

}  // namespace snpse
