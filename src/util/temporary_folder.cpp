#include "util/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "util/error.hpp"

namespace snpse {
namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::error_code none;
  const auto parent = fs::temp_directory_path(none);
  std::string name = (parent / "snpse-XXXXXX").string();
  if (none || ::mkdtemp(name.data()) == nullptr)
    fail(ExitCode::cannot_create, "cannot create a folder for temporary files in '{}': {}; set TMPDIR",
         parent.string(), std::strerror(errno));
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace snpse
