#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "campaign/block_folder.hpp"
#include "cli/commands.hpp"
#include "cli/diagnose/diagnosis.hpp"
#include "parallel/block_work.hpp"
#include "storage/durable_file.hpp"
#include "storage/record_file.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

/// What decides a diagnosis besides the campaign's folder. The draws depend on the number of ranks.
std::string purpose_of(const DiagnoseArguments& arguments, int rounds, int ranks) {
  return fmt::format("diagnosis of round {} by version {}, seed {}, {} simulations, {} networks, {} ranks",
                     rounds, SNPSE_VERSION,
                     arguments.seed ? fmt::to_string(*arguments.seed) : "of the campaign",
                     arguments.simulations, arguments.networks, ranks);
}

/// Makes the folder, or empties it where what it holds has another purpose.
void open_parts(const fs::path& folder, const FileHeader& header, const std::string& purpose) {
  const fs::path file = folder / "purpose.h5";
  const auto same = [&] {
    try {
      return fs::exists(file) && read_header(file).configuration == header.configuration &&
             read_record(file, header.type).get<std::string>("purpose") == purpose;
    } catch (const Error&) {
      return false;  // damaged: what lies beside it is not used
    }
  };
  if (same()) return;
  fs::remove_all(folder);
  make_folder(folder);
  Record record;
  record.put("purpose", purpose);
  write_record(file, header, record);
}

}  // namespace

ExitCode diagnose_command(const DiagnoseArguments& arguments, const Session& session) {
  const StopRequest stop({}, session.world.is_root() ? kStopping : "");
  return diagnose_campaign(arguments, session, stop);
}

ExitCode diagnose_campaign(const DiagnoseArguments& arguments, const Session& session,
                           const StopRequest& stop) {
  const fs::path parts = arguments.folder / "diagnosis.parts";
  BlockParts blocks;
  session.world.on_root([&] {
    const CampaignFolder folder(arguments.folder);
    const int rounds = folder.last_round();
    if (rounds == 0) return;  // TrainedCampaign says so
    const auto purpose = purpose_of(arguments, rounds, session.world.size());
    open_parts(parts, folder.header("diagnosis", rounds), purpose);
    blocks = block_folder(parts / "blocks", folder.header("blocks", rounds), purpose, session.world.size());
  });
  BlockWork work(session.world, stop, blocks);
  const World world(session.world, work);
  const TrainedCampaign campaign(world, arguments.folder, session.log,
                                 {session.in_process, arguments.simulator});
  require_simulator(campaign.setup());
  world.on_root([&] { make_folder(arguments.folder / "logs"); });
  const auto findings = diagnose(campaign, arguments, parts, {world, stop, session.log});
  world.on_root([&] {
    const auto json = to_json(findings).dump(2) + "\n";
    write_durably(arguments.folder / "diagnosis.json", json);
    fs::remove_all(parts);
    fmt::print("{}", arguments.json ? json : to_text(findings));
  });
  return overall(findings) == Verdict::fail ? ExitCode::data : ExitCode::ok;
}

}  // namespace snpse
