#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "cli/program_document.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

/// Text as roff shows it.
std::string roff(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\')
      escaped += "\\e";
    else if (c == '-')
      escaped += "\\-";
    else
      escaped += c;
  }
  return escaped.starts_with('.') || escaped.starts_with('\'') ? "\\&" + escaped : escaped;
}

std::string in_capitals(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string head(const std::string& name, const std::string& description) {
  return fmt::format(".TH {} 1 \"\" \"snpse {}\" \"snpse\"\n.SH NAME\n{} \\- {}\n", in_capitals(roff(name)),
                     SNPSE_VERSION, roff(name), roff(description));
}

std::string synopsis_of(const VerbDocument& verb) {
  auto text = fmt::format(".SH SYNOPSIS\n.B snpse {}\n", verb.name);
  for (const auto& option : verb.options) {
    if (option.is_argument)
      text +=
          option.required ? fmt::format(".I {}\n", option.name) : fmt::format(".RI [ {} ]\n", option.name);
    else if (option.required)
      text += fmt::format(".B {}\n.I VALUE\n", roff(option.name));
  }
  return text + ".RI [ OPTIONS ]\n";
}

std::string option_entry(const OptionDocument& option) {
  auto text = option.is_argument ? fmt::format(".TP\n.I {}\n", option.name)
                                 : fmt::format(".TP\n.B {}{}\n", roff(option.name),
                                               option.takes_value ? " \\fIVALUE\\fR" : "");
  text += roff(option.description);
  if (!option.choices.empty() && option.choices.size() <= 20) {
    text += "; one of ";
    for (std::size_t i = 0; i < option.choices.size(); ++i)
      text += (i == 0 ? "" : ", ") + roff(option.choices[i]);
  }
  if (!option.standard.empty()) text += fmt::format(" (default: {})", roff(option.standard));
  return text + "\n";
}

std::string page_of_verb(const VerbDocument& verb) {
  auto text = head("snpse-" + verb.name, verb.description) + synopsis_of(verb);
  std::string arguments;
  std::string options;
  for (const auto& option : verb.options) (option.is_argument ? arguments : options) += option_entry(option);
  if (!arguments.empty()) text += ".SH ARGUMENTS\n" + arguments;
  if (!options.empty()) text += ".SH OPTIONS\n" + options;
  return text + ".SH SEE ALSO\n.BR snpse (1)\n";
}

std::string page_of_program(const ProgramDocument& program) {
  auto text =
      head("snpse", program.description) +
      ".SH SYNOPSIS\n.B snpse\n.I VERB\n.RI [ ARGUMENTS ]\n.SH DESCRIPTION\nThe program runs alone, under\n.B mpirun "
      "\\-n N\nor under\n.B srun \\-\\-mpi=pmix\nwith the same command line.\n.SH VERBS\n";
  for (const auto& verb : program.verbs)
    text += fmt::format(".TP\n.BR snpse\\-{} (1)\n{}\n", verb.name, roff(verb.description));
  return text +
         ".SH EXIT STATUS\n0: done. 64: the command line is wrong. 65: data are wrong, or the posterior does not pass. 66: an "
         "input is missing. 70: a mistake of the program. 73: an output cannot be created. 74: writing failed. 75: stopped "
         "on request with all work saved, run the same command again. 78: the campaign file is wrong.\n";
}

}  // namespace

std::string manual_page(const ProgramDocument& program, const std::string& verb) {
  if (verb.empty()) return page_of_program(program);
  const auto found = std::ranges::find(program.verbs, verb, &VerbDocument::name);
  ensure(found != program.verbs.end(), "a verb of the program");
  return page_of_verb(*found);
}

}  // namespace snpse
