#include "config/explanation.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/key_sources.hpp"
#include "config/prior_schema.hpp"
#include "config/schema.hpp"
#include "util/error.hpp"
#include "util/nearest.hpp"

namespace snpse {
namespace {

/// The values that a key takes, for a person.
struct ValuesText {
  template <typename T>
  std::string operator()(const NumberField<T>& field) const {
    auto range = field.range.text();
    if (range == Range{}.text()) return range;
    return (std::is_floating_point_v<T> ? "a number: " : "a whole number: ") + range;
  }
  std::string operator()(const PathField&) const { return "text: a file or folder"; }
  std::string operator()(const TextField&) const { return "text"; }
  std::string operator()(const TableField&) const { return "a table of numbers, texts and flags"; }
  std::string operator()(const OutputField&) const { return "\"dakota\", the name of a file, or a table"; }
  std::string operator()(const TextListField& field) const {
    return fmt::format("a list: [{}]", field.example);
  }
  std::string operator()(const ChoiceField& field) const {
    return fmt::format("one of \"{}\"", fmt::join(field.names, "\", \""));
  }
  std::string operator()(const FlagField&) const { return "true or false"; }
  std::string operator()(const NumberListField&) const { return "a list of numbers"; }
  std::string operator()(const NumberFileField&) const { return "text: a CSV file"; }
};

/// The schema with the values of a preset.
struct Preset {
  Config config;
  std::vector<Section> sections;

  explicit Preset(const std::string& name) {
    config.method.preset = name;
    apply_preset(config);
    sections = schema_of(config);
  }
  Preset(const Preset&) = delete;
  Preset& operator=(const Preset&) = delete;
};

/// What there is to say of a key.
struct KeyExplanation {
  std::string key, effect, values, standard, paper, source;
};

KeyExplanation explain(const Section& section, const Key& key, const Key& of_paper) {
  const auto name = fmt::format("{}.{}", section.name, key.name);
  const auto or_none = [](const std::string& value) {
    return value.empty() || value == "[]" ? std::string("none") : value;
  };
  const auto standard = or_none(value_text(key.field));
  const auto source = key_sources().find(name);
  return {.key = name,
          .effect = key.comment,
          .values = std::visit(ValuesText{}, key.field),
          .standard = standard,
          .paper = name == "method.preset" ? standard : or_none(value_text(of_paper.field)),
          .source = source == key_sources().end() ? "our own" : source->second};
}

std::string to_text(const KeyExplanation& explanation) {
  const auto& [key, effect, values, standard, paper, source] = explanation;
  auto text = fmt::format("{}\n  effect   {}\n  values   {}\n  default  {}\n", key, effect, values, standard);
  if (paper != standard) text += fmt::format("  paper    {} with method.preset = \"paper\"\n", paper);
  return text + fmt::format("  source   {}\n", source);
}

nlohmann::ordered_json to_json(const KeyExplanation& explanation) {
  const auto& [key, effect, values, standard, paper, source] = explanation;
  return {{"key", key},          {"effect", effect}, {"values", values},
          {"default", standard}, {"paper", paper},   {"source", source}};
}

std::string section_listing(const Section& section) {
  auto text = fmt::format("[{}]  {}\n", section.name, section.comment);
  for (const auto& key : section.keys) text += fmt::format("  {:<22} {}\n", key.name, key.comment);
  return text;
}

std::string values_of(const PriorNumber& number) {
  return number.may_be_infinite ? "a number; inf is allowed" : number.range.text();
}

std::string values_of(const PriorList& list) {
  return "a list, each " + list.range.text();
}

nlohmann::ordered_json to_json(const PriorType& type) {
  auto numbers = nlohmann::ordered_json::array();
  for (const auto& number : type.numbers)
    numbers.push_back({{"name", number.name}, {"values", values_of(number)}});
  for (const auto& list : type.lists) numbers.push_back({{"name", list.name}, {"values", values_of(list)}});
  return {{"type", type.name}, {"numbers", numbers}};
}

std::string prior_listing(const PriorType& type) {
  auto text = fmt::format("prior = {{ type = \"{}\"", type.name);
  for (const auto& number : type.numbers) text += fmt::format(", {} = ...", number.name);
  for (const auto& list : type.lists) text += fmt::format(", {} = [...]", list.name);
  text += " }\n";
  for (const auto& number : type.numbers)
    text += fmt::format("  {:<22} {}\n", number.name, values_of(number));
  for (const auto& list : type.lists) text += fmt::format("  {:<22} {}\n", list.name, values_of(list));
  return text;
}

std::string all_priors() {
  std::string text = "[[parameter]]  a parameter: its name and its prior, one of\n";
  for (const auto& type : prior_types()) text += prior_listing(type);
  return text +
         fmt::format(
             "[prior]  in place of these, one prior of all parameters together: type = \"{}\", \"{}\", \"{}\" "
             "or \"{}\"\n",
             kCorrelatedPriorType, kOrderedPriorType, kDirichletPriorType, kLibraryPriorType);
}

std::vector<std::string> all_names(const std::vector<Section>& sections) {
  std::vector<std::string> names{"prior", "parameter"};
  for (const auto& type : prior_types()) names.push_back(type.name);
  for (const auto& section : sections) {
    names.push_back(section.name);
    for (const auto& key : section.keys) {
      names.push_back(key.name);
      names.push_back(section.name + "." + key.name);
    }
  }
  return names;
}

bool is_named(const Section& section, const Key& key, const std::string& name) {
  return name == key.name || name == section.name + "." + key.name;
}

bool names_all_priors(const std::string& name) {
  return name == "prior" || name == "parameter";
}

[[noreturn]] void refuse_unknown(const std::string& name, const Preset& preset) {
  fail(ExitCode::usage,
       "a campaign file has no key '{}'; did you mean '{}'? 'snpse explain SECTION' lists a section's", name,
       nearest(name, all_names(preset.sections)));
}

}  // namespace

std::string explanation_of(const std::string& name) {
  const Preset standard("default");
  const Preset paper("paper");
  std::string text;
  for (std::size_t i = 0; i < standard.sections.size(); ++i) {
    const auto& section = standard.sections[i];
    if (name == section.name) text += section_listing(section);
    for (std::size_t k = 0; k < section.keys.size(); ++k)
      if (is_named(section, section.keys[k], name))
        text += to_text(explain(section, section.keys[k], paper.sections[i].keys[k]));
  }
  if (names_all_priors(name)) text += all_priors();
  for (const auto& type : prior_types())
    if (name == type.name) text += prior_listing(type);
  if (text.empty()) refuse_unknown(name, standard);
  return text;
}

nlohmann::ordered_json explanation_json(const std::string& name) {
  const Preset standard("default");
  const Preset paper("paper");
  auto keys = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < standard.sections.size(); ++i) {
    const auto& section = standard.sections[i];
    for (std::size_t k = 0; k < section.keys.size(); ++k)
      if (name == section.name || is_named(section, section.keys[k], name))
        keys.push_back(to_json(explain(section, section.keys[k], paper.sections[i].keys[k])));
  }
  auto priors = nlohmann::ordered_json::array();
  for (const auto& type : prior_types())
    if (names_all_priors(name) || name == type.name) priors.push_back(to_json(type));
  if (keys.empty() && priors.empty()) refuse_unknown(name, standard);
  return {{"keys", keys}, {"priors", priors}};
}

}  // namespace snpse
