#include "storage/durable_file.hpp"

#include <array>
#include <csignal>
#include <fstream>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

using DurableFile = ScratchFolder;
using FolderLocking = ScratchFolder;

std::size_t entries_of(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator{}));
}

/// While it lives no file may grow beyond a size: a full disk that needs no privileges.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : previous_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &previous_);
    const rlimit limit{bytes, previous_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &previous_);
    std::signal(SIGXFSZ, previous_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit previous_{};
  void (*previous_handler_)(int);
};

TEST_F(DurableFile, HoldsExactlyWhatWasWrittenLast) {
  const auto path = folder_ / "a";
  const std::string bytes("zero \0 byte\n", 12);
  write_durably(path, "a longer first version");
  write_durably(path, bytes);
  EXPECT_EQ(read_whole(path), bytes);
  EXPECT_EQ(entries_of(folder_), 1U);
}

TEST_F(DurableFile, MayBeEmptyOrLarge) {
  const std::string large(300'000, 'x');
  write_durably(folder_ / "empty", "");
  write_durably(folder_ / "large", large);
  EXPECT_EQ(read_whole(folder_ / "empty"), "");
  EXPECT_EQ(read_whole(folder_ / "large"), large);
}

TEST_F(DurableFile, KeepsTheOldContentWhereTheDeviceIsFull) {
  const auto path = folder_ / "a";
  write_durably(path, "old");
  {
    const FileSizeLimit full(1000);
    expect_error(ExitCode::io, "make room", [&] { write_durably(path, std::string(5000, 'x')); });
  }
  EXPECT_EQ(read_whole(path), "old");
  EXPECT_EQ(entries_of(folder_), 1U);
}

TEST_F(DurableFile, CannotBeCreatedBelowAFileOrInAnAbsentFolderOrOverAFolder) {
  write_durably(folder_ / "file", "");
  make_folder(folder_ / "folder" / "inner");
  expect_error(ExitCode::cannot_create, "Not a directory",
               [&] { write_durably(folder_ / "file" / "a", "x"); });
  expect_error(ExitCode::cannot_create, "No such file",
               [&] { write_durably(folder_ / "absent" / "a", "x"); });
  expect_error(ExitCode::cannot_create, "folder", [&] { write_durably(folder_ / "folder", "x"); });
  expect_error(ExitCode::cannot_create, "File exists", [&] { make_folder(folder_ / "file" / "b"); });
}

TEST_F(DurableFile, ReadingWhatIsAbsentOrAFolderIsMissingInput) {
  expect_error(ExitCode::missing_input, "absent", [&] { read_whole(folder_ / "absent"); });
  expect_error(ExitCode::missing_input, "directory", [&] { read_whole(folder_); });
}

TEST_F(DurableFile, FoldersAreMadeWithTheirParentsAndMayExist) {
  make_folder(folder_ / "a" / "b" / "c/");
  make_folder(folder_ / "a" / "b");
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "a" / "b" / "c"));
}

TEST_F(DurableFile, LeftoversOfAnInterruptedWriteAreRemovedAndNothingElse) {
  std::ofstream(folder_ / ".simulations.h5.4711.partial") << "torn";
  std::ofstream(folder_ / "notes.partial") << "the user's";
  std::ofstream(folder_ / ".lock") << "";
  remove_leftovers(folder_);
  EXPECT_EQ(entries_of(folder_), 2U);
  EXPECT_FALSE(std::filesystem::exists(folder_ / ".simulations.h5.4711.partial"));
}

TEST_F(FolderLocking, IsExclusiveNamesTheHolderAndEndsWithItsLife) {
  {
    const FolderLock lock(folder_);
    expect_error(ExitCode::usage, "process " + std::to_string(::getpid()),
                 [&] { FolderLock second(folder_); });
  }
  const FolderLock again(folder_);
}

TEST_F(FolderLocking, EndsWhenTheHolderIsKilled) {
  std::array<int, 2> channel{};
  ASSERT_EQ(pipe(channel.data()), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const FolderLock lock(folder_);
    if (write(channel[1], "x", 1) != 1) _exit(1);
    for (;;) pause();
  }
  char byte = 0;
  ASSERT_EQ(read(channel[0], &byte, 1), 1);
  expect_error(ExitCode::usage, "process " + std::to_string(child), [&] { FolderLock second(folder_); });
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  const FolderLock after(folder_);
  close(channel[0]);
  close(channel[1]);
}

TEST_F(FolderLocking, NeedsTheFolder) {
  expect_error(ExitCode::cannot_create, "absent", [&] { FolderLock lock(folder_ / "absent"); });
}

}  // namespace
}  // namespace snpse
