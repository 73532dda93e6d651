#include "campaign/time_left.hpp"

#include <fstream>

#include <nlohmann/json.hpp>

#include "campaign/event_file.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

Json at(int second, const char* name) {
  return {{"time", fmt::format("2024-01-01T00:00:{:02}.500Z", second)}, {"event", name}};
}

double time_at(int second) {
  return *time_of(at(second, "any"));
}

TEST(ElapsedSeconds, AreTheSittingsWithoutTheTimeBetweenThem) {
  EXPECT_NEAR(time_at(7) - time_at(2), 5, 1e-6);
  std::vector<Json> events{at(1, "started"),   at(4, "stopped"),       at(10, "started"),
                           at(12, "progress"), at(20, "reconfigured"), at(30, "started")};
  EXPECT_NEAR(elapsed_seconds(events, false, time_at(50)), 3 + 2, 1e-6);
  EXPECT_NEAR(elapsed_seconds(events, true, time_at(50)), 3 + 2 + 20, 1e-6);
  EXPECT_EQ(elapsed_seconds({}, false, time_at(50)), 0);
}

TEST(SecondsLeft, AreKnownInEveryPhase) {
  WorkLeft work{{1, Phase::propose}, 100, 0, 0};
  EXPECT_FALSE(seconds_left(work, {}, nullptr, time_at(10)));
  // 40 of 100 simulations took what leaves 30 s for the other 60.
  work.present.phase = Phase::simulate;
  auto progress = at(8, "progress");
  progress.update({{"what", "simulate"}, {"done", 40}, {"total", 100}, {"seconds_left", 30}});
  EXPECT_NEAR(*seconds_left(work, {}, progress, time_at(10)), 28, 1e-6);
  work.simulations_later = 200;  // at 0.5 s
  EXPECT_NEAR(*seconds_left(work, {}, progress, time_at(10)), 28 + 100, 1e-6);
  // A training of 20 s and simulations of 0.1 s are known; one further round.
  const std::vector<CommittedStep> steps{{{1, Phase::simulate}, SimulationReport{90, 5, 3, 2, 10, 10, {}}},
                                         {{1, Phase::train}, NetworkReport{.seconds = 20}}};
  work = {{2, Phase::simulate}, 50, 100, 1};
  EXPECT_NEAR(*seconds_left(work, steps, nullptr, time_at(10)), 5 + 20 + 10 + 20, 1e-6);
  work = {{2, Phase::train}, 0, 0, 0};
  EXPECT_NEAR(*seconds_left(work, steps, nullptr, time_at(10)), 20, 1e-6);
}

TEST(SecondsLeft, AreNotSaidOfAStepOfWhichNothingIsKnown) {
  const std::vector<CommittedStep> simulated{
      {{1, Phase::simulate}, SimulationReport{90, 5, 3, 2, 10, 10, {}}}};
  EXPECT_FALSE(seconds_left({{1, Phase::train}, 0, 0, 0}, simulated, nullptr, time_at(10)));
  EXPECT_FALSE(seconds_left({{1, Phase::infer}, 0, 0, 0}, simulated, nullptr, time_at(10)));
}

using ReadEvents = ScratchFolder;

TEST_F(ReadEvents, KeepOfProgressTheLastLineAlone) {
  const auto path = folder_ / "events.jsonl";
  EventFile file(path);
  for (int done : {1, 2, 3}) file.append("progress", {{"done", done}});
  file.append("committed", Json::object());
  for (int done : {4, 5}) file.append("progress", {{"done", done}});
  std::ofstream(path, std::ios::app) << R"({"time":"2024-01-01T00:00:00.000Z","event":"progress","do)";
  const auto events = read_events(path);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].at("done"), 3);
  EXPECT_EQ(events[1].at("event"), "committed");
  EXPECT_EQ(events[2].at("done"), 5);
}

}  // namespace
}  // namespace snpse
