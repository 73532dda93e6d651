#include "campaign/folder.hpp"
#include "cli/commands.hpp"
#include "cli/table_format.hpp"
#include "config/config_file.hpp"
#include "config/experiment.hpp"
#include "storage/csv.hpp"
#include "storage/output_file.hpp"
#include "util/shell.hpp"

namespace snpse {

ExitCode export_command(const ExportArguments& arguments, const Session& session) {
  const auto format = format_of(arguments.output, arguments.format);
  session.world.on_root([&] {
    const CampaignFolder folder(arguments.folder);
    if (!folder.committed({1, Phase::infer}))
      fail(ExitCode::missing_input,
           "'{}' has no posterior yet: finish it with 'snpse run {}', or draw from its last "
           "finished round with 'snpse sample'",
           arguments.folder.string(), shell_word(arguments.folder));
    const auto posterior =
        folder.load_posterior(dimension_of(parse_config(folder.configuration(), "campaign.toml", ".")));
    write_output(arguments.output, [&](const std::filesystem::path& file) {
      if (format == TableFormat::csv)
        write_csv(file, posterior.get<std::vector<std::string>>("parameter_names"),
                  posterior.get<Matrix>("theta"));
      else
        write_record(file, folder.header("posterior", folder.last_round()), posterior);
    });
  });
  return ExitCode::ok;
}

}  // namespace snpse
