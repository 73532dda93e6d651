#include "simulation/worker_scratch.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>

#include "util/error.hpp"

namespace snpse {

WorkerScratch::WorkerScratch() {
  std::error_code ignored;
  auto pattern = (std::filesystem::temp_directory_path(ignored) / "snpse-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr)
    fail(ExitCode::cannot_create,
         "cannot make a scratch folder '{}' for a simulator: {}; name another place in "
         "TMPDIR",
         pattern, std::strerror(errno));
  path_ = pattern;
}

WorkerScratch::~WorkerScratch() {
  std::error_code ignored;  // what a simulator keeps busy stays behind
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace snpse
