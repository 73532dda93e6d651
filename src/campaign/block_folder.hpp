#pragma once

#include <filesystem>
#include <string>

#include "parallel/block_work.hpp"
#include "storage/record_file.hpp"

namespace snpse {

/// A folder of what a step under way has computed. purpose: what the parts are of. Parts of another purpose,
/// campaign or number of ranks, and damaged ones, are not used: they cost time and nothing else.
BlockParts block_folder(const std::filesystem::path& folder, const FileHeader& header,
                        const std::string& purpose, int ranks);

}  // namespace snpse
