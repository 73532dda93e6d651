#include "simulation/shared_library.hpp"

#include <dlfcn.h>

#include "util/error.hpp"

namespace snpse {

SharedLibrary::SharedLibrary(const std::filesystem::path& path)
    : path_(path), handle_(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) fail(ExitCode::missing_input, "cannot load the library: {}", dlerror());
}

void* SharedLibrary::symbol(const std::string& name, const std::string& header) const {
  void* found = dlsym(handle_, name.c_str());
  if (found == nullptr)
    fail(ExitCode::data, "the library '{}' has no function {} (see {})", path_.string(), name, header);
  return found;
}

}  // namespace snpse
