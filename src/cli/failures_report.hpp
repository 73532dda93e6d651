#pragma once

#include <filesystem>

#include "cli/commands.hpp"

namespace snpse {

/// `snpse status DIR --failures`: the causes of failed attempts, an example of each, and the command that
/// runs the example again. Rank 0 only.
void print_failures(const StatusArguments& arguments);

/// `snpse export DIR --failures`: a line for each failed attempt, with theta and the cause. Rank 0 only.
void export_failures(const ExportArguments& arguments);

}  // namespace snpse
