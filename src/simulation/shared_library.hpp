#pragma once

#include <filesystem>
#include <string>

namespace snpse {

/// A shared library in this process. It is never unloaded: it may have left threads and exit handlers.
class SharedLibrary {
 public:
  /// Error(missing_input) if it cannot be loaded.
  explicit SharedLibrary(const std::filesystem::path& path);

  /// The function of that name, as which the header declares it. Error(data) if there is none.
  template <typename Function>
  Function function(const std::string& name, const std::string& header) const {
    return reinterpret_cast<Function>(symbol(name, header));
  }

 private:
  void* symbol(const std::string& name, const std::string& header) const;

  std::filesystem::path path_;
  void* handle_;
};

}  // namespace snpse
