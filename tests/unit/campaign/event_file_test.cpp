#include "campaign/event_file.hpp"

#include <fstream>
#include <regex>

#include <nlohmann/json.hpp>

#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

using EventFileTest = ScratchFolder;

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST_F(EventFileTest, AppendsOneObjectALine) {
  const auto path = folder_ / "events.jsonl";
  EventFile(path).append("started", {{"ranks", 4}});
  EventFile(path).append("trained", {{"round", 1}, {"remark", "two\nlines"}});
  const auto lines = lines_of(path);
  ASSERT_EQ(lines.size(), 2U);
  const auto first = nlohmann::json::parse(lines[0]);
  EXPECT_TRUE(std::regex_match(first["time"].get<std::string>(),
                               std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)")));
  EXPECT_EQ(first["event"], "started");
  EXPECT_EQ(first["ranks"], 4);
  EXPECT_EQ(nlohmann::json::parse(lines[1])["remark"], "two\nlines");
}

TEST_F(EventFileTest, GoesOnBelowATornLine) {
  const auto path = folder_ / "events.jsonl";
  std::ofstream(path) << R"({"time": "2024)";
  EventFile(path).append("continued", nlohmann::ordered_json::object());
  const auto lines = lines_of(path);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(nlohmann::json::parse(lines[1])["event"], "continued");
}

TEST_F(EventFileTest, HasTheLossesOfTheTrainingUnderWay) {
  const auto path = folder_ / "events.jsonl";
  EventFile file(path);
  EXPECT_TRUE(losses_since_commit(path).empty());
  file.append("progress", {{"what", "train"}, {"loss", 3.0}});
  file.append("committed", {{"round", 1}});
  file.append("progress", {{"what", "train"}, {"loss", 2.0}});
  file.append("started", {{"ranks", 1}});  // a training that goes on
  file.append("progress", {{"what", "train"}, {"loss", 1.5}});
  EXPECT_EQ(losses_since_commit(path), (std::vector{2.0, 1.5}));
}

TEST_F(EventFileTest, NeedsItsFolder) {
  expect_error(ExitCode::cannot_create, "absent",
               [&] { EventFile file(folder_ / "absent" / "events.jsonl"); });
}

}  // namespace
}  // namespace snpse
