#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include "support/scratch_folder.hpp"

namespace snpse {

/// A test whose folder_ holds scripts.
class ScriptFolder : public ScratchFolder {
 protected:
  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }
};

}  // namespace snpse
