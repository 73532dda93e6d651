#include "config/explanation.hpp"

#include <gtest/gtest.h>

#include "config/key_sources.hpp"
#include "config/schema.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Explanation, OfEveryKeyHasItsEffectValuesAndDefault) {
  Config config;
  for (const auto& section : schema_of(config))
    for (const auto& key : section.keys) {
      const auto text = explanation_of(section.name + "." + key.name);
      EXPECT_TRUE(text.starts_with(section.name + "." + key.name + "\n")) << text;
      for (const char* line : {"\n  effect   ", "\n  values   ", "\n  default  ", "\n  source   "})
        EXPECT_TRUE(mentions(text, line)) << text;
      EXPECT_TRUE(mentions(text, key.comment)) << text;
    }
}

TEST(Explanation, HasTheRangeAndThePapersValue) {
  const auto text = explanation_of("epsilon");
  EXPECT_TRUE(mentions(text, "a number: at least 0 and below 1")) << text;
  EXPECT_TRUE(mentions(text, "default  0.0\n")) << text;
  EXPECT_TRUE(mentions(text, "paper    0.0005 with")) << text;
}

TEST(Explanation, OfAKeyOfSeveralSectionsHasAllOfThem) {
  const auto text = explanation_of("steps");
  EXPECT_TRUE(mentions(text, "sampler.steps\n"));
  EXPECT_TRUE(mentions(text, "density.steps\n"));
}

TEST(Explanation, OfSectionsAndPriorsListsThem) {
  EXPECT_TRUE(mentions(explanation_of("truncation"), "  epsilon "));
  EXPECT_TRUE(mentions(explanation_of("prior"), "type = \"lognormal\", location = ..., scale = ..."));
  EXPECT_TRUE(mentions(explanation_of("lognormal"), "  scale "));
}

TEST(Explanation, NamesTheNearestKey) {
  try {
    explanation_of("training.learning_rat");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_TRUE(mentions(error.what(), "did you mean 'training.learning_rate'?")) << error.what();
  }
}

TEST(KeySources, AreOfKeysThatThereAre) {
  for (const auto& [key, source] : key_sources())
    EXPECT_TRUE(mentions(explanation_of(key), "\n  source   " + source + "\n")) << key;
}

}  // namespace
}  // namespace snpse
