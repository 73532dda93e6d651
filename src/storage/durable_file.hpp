#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace snpse {

/// Makes path hold exactly bytes, or leaves it as it was: written aside in the same folder, fsync, rename,
/// fsync of the folder. Errors: cannot_create (permission, the folder is absent or a file), io (no space
/// left, device).
void write_durably(const std::filesystem::path& path, std::string_view bytes);
/// As above, with the content that `fill` gives the empty file it is called with.
void write_durably(const std::filesystem::path& path,
                   const std::function<void(const std::filesystem::path& aside)>& fill);
/// For such a function: so many bytes of room for the file, so that a full disk is met here and not by a
/// library that writes it; and more bytes at its end. Errors: std::system_error, which write_durably()
/// turns into its own.
void reserve(const std::filesystem::path& file, std::uintmax_t bytes);
void append(const std::filesystem::path& file, std::string_view bytes);

/// Writes the content of a file to what is open, or to what there is under a path, as it stands: a device, a
/// pipe. name: in the messages. Errors: as write_durably().
void write_to(int descriptor, const std::string& name, const std::filesystem::path& content);
void write_to(const std::filesystem::path& stream, const std::filesystem::path& content);

/// Moves a file to another folder of the same file system; after a crash the file is in one of both. Errors:
/// as write_durably().
void move_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// The content of a file. Errors: missing_input (absent or unreadable).
std::string read_whole(const std::filesystem::path& path);
/// Its last bytes: so many, or all where it is shorter. Errors: as read_whole().
std::string read_end(const std::filesystem::path& path, std::size_t count);
/// Its content piece by piece, in order. Errors: as read_whole().
void for_each_piece(const std::filesystem::path& path, const std::function<void(std::string_view)>& take);

/// Creates the folder and its parents durably. Errors: cannot_create.
void make_folder(const std::filesystem::path& path);

/// Removes what an interrupted write_durably() left in folder (not in subfolders).
void remove_leftovers(const std::filesystem::path& folder);

/// An advisory lock on a folder (flock on folder/.lock), held until destruction or the process's death, so
/// that two programs never write the same campaign. Where the file system has no locks it protects nothing.
/// Errors: usage, naming the holder, where it is taken; cannot_create, io as write_durably().
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  /// Whether some process holds the lock on folder now.
  static bool is_held(const std::filesystem::path& folder);

 private:
  int descriptor_ = -1;
};

}  // namespace snpse
