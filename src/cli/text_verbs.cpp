#include "cli/text_verbs.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/program_document.hpp"
#include "cli/topics.hpp"
#include "cli/validators.hpp"
#include "cli/words.hpp"
#include "config/explanation.hpp"
#include "numerics/compute_kernels.hpp"
#include "util/nearest.hpp"

namespace snpse {
namespace {

nlohmann::ordered_json version_json(const ComputeKernels& kernels) {
  return {{"version", SNPSE_VERSION},
          {"kernels",
           {{"openblas", kernels.openblas},
            {"onednn", kernels.onednn},
            {"libtorch", kernels.libtorch},
            {"own_loops", kernels.multiversion}}}};
}

}  // namespace

void TextVerbs::add_to(CLI::App& app, std::string& text) {
  add_version(app, text);
  add_explain(app, text);
  add_documents(app, text);
  add_help(app, text);
}

void TextVerbs::add_version(CLI::App& app, std::string& text) {
  const auto version = [&] {
    const auto kernels = compute_kernels();
    text = json_ ? version_json(kernels).dump(2) + "\n"
                 : fmt::format("snpse {}\nkernels: {}\n", SNPSE_VERSION, to_string(kernels));
  };
  auto* sub = app.add_subcommand("version",
                                 "print the version, and which kernels of its libraries this processor runs");
  sub->add_flag("--json", json_, "for machines");
  sub->callback(version);
  app.add_flag_callback("--version", version, "the same");
}

void TextVerbs::add_explain(CLI::App& app, std::string& text) {
  auto* sub =
      app.add_subcommand("explain", "explain a key of a campaign file, a section, or a kind of prior");
  sub->add_option("KEY", key_, "such as truncation.epsilon, training or lognormal")->required();
  sub->add_flag("--json", json_, "for machines");
  sub->callback([&] { text = json_ ? explanation_json(key_).dump(2) + "\n" : explanation_of(key_); });
}

void TextVerbs::add_documents(CLI::App& app, std::string& text) {
  auto* manual = app.add_subcommand("manual", "print the manual page of the program, or of a verb, for man");
  manual->add_option("VERB", page_of_, "the verb");
  manual->callback([&] {
    const auto verbs = verbs_of(app);
    if (!page_of_.empty() && std::ranges::find(verbs, page_of_) == verbs.end())
      throw CLI::ValidationError(
          "VERB", fmt::format("there is no '{}'; did you mean '{}'?", page_of_, nearest(page_of_, verbs)));
    text = manual_page(document_of(app), page_of_);
  });
  auto* completion =
      app.add_subcommand("completion", "print a script that completes command lines in a shell");
  completion->add_option("SHELL", shell_, "the shell")->required()->check(one_of({"bash", "zsh", "fish"}));
  completion->callback([&] { text = completion_script(document_of(app), shell_); });
}

void TextVerbs::add_help(CLI::App& app, std::string& text) {
  auto* help = app.add_subcommand("help", "print this help, or explain a verb or a topic");
  auto names = verbs_of(app);
  for (const auto& topic : topic_names()) names.push_back(topic);
  help->add_option("VERB", help_for_, fmt::format("a verb, or a topic: {}", fmt::join(topic_names(), ", ")))
      ->transform([](const std::string& word) { return CLI::detail::to_lower(word); })
      ->check(one_of(names));
  help->callback([&] {
    const auto topics = topic_names();
    if (std::ranges::find(topics, help_for_) != topics.end())
      text = topic_text(help_for_);
    else if (!help_for_.empty())
      text = app.get_subcommand(help_for_)->help();
  });
}

}  // namespace snpse
