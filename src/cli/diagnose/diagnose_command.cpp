#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/diagnose/diagnosis.hpp"
#include "parallel/block_work.hpp"
#include "storage/durable_file.hpp"

namespace snpse {

ExitCode diagnose_command(const DiagnoseArguments& arguments, const Session& session) {
  const StopRequest stop({}, session.world.is_root() ? kStopping : "");
  return diagnose_campaign(arguments, session, stop);
}

ExitCode diagnose_campaign(const DiagnoseArguments& arguments, const Session& session,
                           const StopRequest& stop) {
  BlockWork work(session.world, stop);
  const World world(session.world, work);
  const TrainedCampaign campaign(world, arguments.folder, session.log,
                                 {session.in_process, arguments.simulator});
  require_simulator(campaign.setup());
  world.on_root([&] { make_folder(arguments.folder / "logs"); });
  const auto findings = diagnose(campaign, arguments, {world, stop, session.log});
  world.on_root([&] {
    const auto json = to_json(findings).dump(2) + "\n";
    write_durably(arguments.folder / "diagnosis.json", json);
    fmt::print("{}", arguments.json ? json : to_text(findings));
  });
  return overall(findings) == Verdict::fail ? ExitCode::data : ExitCode::ok;
}

}  // namespace snpse
