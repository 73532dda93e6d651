#include "campaign/folder.hpp"
#include "cli/commands.hpp"
#include "storage/csv.hpp"

namespace snpse {

ExitCode export_command(const ExportArguments& arguments, const Session& session) {
  session.world.on_root([&] {
    const CampaignFolder folder(arguments.folder);
    if (!folder.committed({1, Phase::infer}))
      fail(ExitCode::missing_input,
           "'{}' has no posterior yet: finish it with 'snpse run {}', or draw from its last "
           "finished round with 'snpse sample'",
           arguments.folder.string(), arguments.folder.string());
    const auto posterior = folder.load_posterior();
    if (arguments.format == "csv")
      write_csv(arguments.output, posterior.get<std::vector<std::string>>("parameter_names"),
                posterior.get<Matrix>("theta"));
    else
      write_record(arguments.output, folder.header("posterior"), posterior);
  });
  return ExitCode::ok;
}

}  // namespace snpse
