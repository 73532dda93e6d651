#include "simulation/field_text.hpp"

#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

const FieldValues kExamples{{"rate", 0.5}, {"seed", std::uint64_t{1}}, {"workdir", "folder"}};

TEST(FieldTextTest, FillsInFieldsAsFmtDoes) {
  const FieldText text("{{ a = {rate:.3e}; b = {rate}; s = {seed:06d} in {workdir} }}", kExamples);
  const FieldValues values{{"rate", 0.1}, {"seed", std::uint64_t{42}}, {"workdir", "/w"}};
  EXPECT_EQ(text.with(values), "{ a = 1.000e-01; b = 0.1; s = 000042 in /w }");
  EXPECT_TRUE(text.uses("seed"));
  EXPECT_FALSE(text.uses("output"));
  EXPECT_EQ(FieldText("", kExamples).with(values), "");
}

TEST(FieldTextTest, ANumberReadsBackExactly) {
  const FieldText text("{rate}", kExamples);
  for (const double value : {1.0 / 3, 1e-300, -2.5e17, 0.1 + 0.2})
    EXPECT_EQ(std::stod(text.with({{"rate", value}})), value);
}

TEST(FieldTextTest, NamesTheLineOfWhatIsWrong) {
  const auto expect = [](const char* text, const char* message) {
    expect_error(ExitCode::config, message, [&] { FieldText(text, kExamples); });
  };
  expect("one\ntwo {raet}", "line 2: there is no field '{raet}'; did you mean '{rate}'?");
  expect("{rate:d}", "line 1: the field '{rate:d}' has a format that does not fit");
  expect("{seed:.2f} {workdir:.2f}", "has a format that does not fit");
  expect("\n\n{rate", "line 3: a single '{'");
  expect("a } b", "line 1: a single '}'");
}

}  // namespace
}  // namespace snpse
