#include <cstdio>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "report/summary_text.hpp"
#include "storage/csv.hpp"
#include "storage/output_file.hpp"

namespace snpse {

ExitCode summary_command(const SummaryArguments& arguments, const Session& session) {
  session.world.on_root([&] {
    std::vector<Summary> summaries;
    for (const auto& source : arguments.sources)
      summaries.push_back(summary_of(read_draws(source, arguments.parameters)));
    if (arguments.json)
      fmt::print("{}\n", summary_json(summaries).dump(2));
    else if (arguments.csv)
      write_output(kStandardOutput, [&](const std::filesystem::path& file) {
        write_csv(file, summary_columns(), summary_rows(summaries));
      });
    else
      fmt::print("{}", summary_table(summaries));
  });
  return ExitCode::ok;
}

}  // namespace snpse
