#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/program_document.hpp"

namespace snpse {
namespace {

/// Text between single quotes of a shell.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string names_of_verbs(const ProgramDocument& program) {
  std::vector<std::string> names;
  for (const auto& verb : program.verbs) names.push_back(verb.name);
  return fmt::format("{}", fmt::join(names, " "));
}

std::string names_of_options(const VerbDocument& verb) {
  std::vector<std::string> names;
  for (const auto& option : verb.options)
    if (!option.is_argument) names.push_back(option.name);
  return fmt::format("{}", fmt::join(names, " "));
}

std::string bash(const ProgramDocument& program) {
  std::string values;   // what follows an option, by verb and option
  std::string options;  // of each verb
  std::string words;    // what an argument of a verb may be besides a file
  for (const auto& verb : program.verbs) {
    options += fmt::format("    {}) options='{}' ;;\n", verb.name, names_of_options(verb));
    for (const auto& option : verb.options) {
      if (option.is_argument && !option.choices.empty())
        words += fmt::format("    {}) words='{}' ;;\n", verb.name, fmt::join(option.choices, " "));
      if (option.is_argument || !option.takes_value) continue;
      if (option.choices.empty())
        values += fmt::format("    '{} {}') COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n", verb.name,
                              option.name);
      else
        values += fmt::format("    '{} {}') COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n",
                              verb.name, option.name, fmt::join(option.choices, " "));
    }
  }
  return fmt::format(
      "# Completion of snpse for bash, made by 'snpse completion bash'.\n"
      "_snpse() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} verb=${{COMP_WORDS[1]}} options='' words=''\n"
      "  compopt -o filenames 2>/dev/null\n"
      "  if [[ $COMP_CWORD == 1 ]]; then\n    COMPREPLY=($(compgen -W '{}' -- \"$word\"))\n    return\n  fi\n"
      "  case \"$verb $before\" in\n{}  esac\n"
      "  case $verb in\n{}  esac\n"
      "  case $verb in\n{}    *) ;;\n  esac\n"
      "  if [[ $word == -* ]]; then\n    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n  else\n"
      "    COMPREPLY=($(compgen -f -W \"$words\" -- \"$word\"))\n  fi\n"
      "}}\n"
      "complete -F _snpse snpse\n",
      names_of_verbs(program), values, options, words);
}

/// A description in an argument of _arguments, where brackets and colons mean something.
std::string zsh_text(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string zsh(const ProgramDocument& program) {
  std::string verbs;
  std::string cases;
  for (const auto& verb : program.verbs) {
    verbs += "    " + quoted(verb.name + ":" + zsh_text(verb.description)) + "\n";
    std::string specs;
    for (const auto& option : verb.options) {
      const auto values = option.choices.empty() ? std::string("_files")
                                                 : fmt::format("({})", fmt::join(option.choices, " "));
      specs += " \\\n        ";
      if (option.is_argument)
        specs += quoted(fmt::format("*:{}:{}", zsh_text(option.name), values));
      else
        specs += quoted(fmt::format("{}[{}]{}", option.name, zsh_text(option.description),
                                    option.takes_value ? ":value:" + values : ""));
    }
    cases += fmt::format("    {}) _arguments{} ;;\n", verb.name, specs);
  }
  return fmt::format(
      "#compdef snpse\n# Completion of snpse for zsh, made by 'snpse completion zsh'.\n_snpse() {{\n  local -a verbs=(\n{}  )\n"
      "  if (( CURRENT == 2 )); then\n    _describe verb verbs\n    return\n  fi\n"
      "  local verb=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $verb in\n{}  esac\n}}\n"
      "if [[ $funcstack[1] == _snpse ]]; then _snpse \"$@\"; else compdef _snpse snpse; fi\n",
      verbs, cases);
}

std::string fish(const ProgramDocument& program) {
  std::string text = "# Completion of snpse for fish, made by 'snpse completion fish'.\n";
  for (const auto& verb : program.verbs) {
    text += fmt::format("complete -c snpse -n __fish_use_subcommand -f -a {} -d {}\n", verb.name,
                        quoted(verb.description));
    for (const auto& option : verb.options) {
      if (option.is_argument) continue;
      text += fmt::format("complete -c snpse -n '__fish_seen_subcommand_from {}' -l {} -d {}", verb.name,
                          option.name.substr(2), quoted(option.description));
      if (option.takes_value) text += " -r";
      if (!option.choices.empty())
        text += fmt::format(" -f -a {}", quoted(fmt::format("{}", fmt::join(option.choices, " "))));
      text += "\n";
    }
  }
  return text;
}

}  // namespace

std::string completion_script(const ProgramDocument& program, const std::string& shell) {
  if (shell == "zsh") return zsh(program);
  return shell == "fish" ? fish(program) : bash(program);
}

}  // namespace snpse
