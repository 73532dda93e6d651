#include "cli/words.hpp"

#include <fmt/format.h>

#include "util/nearest.hpp"

namespace snpse {

std::vector<std::string> verbs_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  return names;
}

std::string unexpected(const CLI::App& app, const std::string& argument) {
  const auto chosen = app.get_subcommands();
  if (chosen.empty())
    return fmt::format("there is no verb '{}'; did you mean '{}'? 'snpse help' lists them", argument,
                       nearest(argument, verbs_of(app)));
  std::vector<std::string> names;
  for (const auto* option : chosen.front()->get_options())
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  const auto verb = chosen.front()->get_name();
  if (argument.rfind("--", 0) != 0 || names.empty())
    return fmt::format("'snpse {}' does not expect '{}'; 'snpse {} --help' says what it takes", verb,
                       argument, verb);
  return fmt::format("'snpse {}' has no option '{}'; did you mean '{}'?", verb, argument,
                     nearest(argument, names));
}

}  // namespace snpse
