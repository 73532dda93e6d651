#pragma once

#include <string>

#include "util/error.hpp"

namespace snpse {

/// The memory that this machine has for its processes, in bytes: less in a container with a limit.
double machine_memory();
/// The memory that this process can have, in bytes: the machine's, or less where the process has a limit.
double usable_memory();

/// An error that says what takes so many bytes, and how many there are, where there are fewer; `asked_by`
/// says whether the campaign file or the command line asks for them.
void require_memory(double bytes, const std::string& what, ExitCode asked_by = ExitCode::config);

}  // namespace snpse
