#include <fmt/format.h>

#include "snpse/cli/commands.hpp"

namespace snpse {

ExitCode version_command(const VersionArguments& /*arguments*/, const Session& session) {
  if (session.world.is_root()) fmt::print("snpse {}\n", SNPSE_VERSION);
  return ExitCode::ok;
}

}  // namespace snpse
