/// The program under test, loaded once and forked for each command, since a start takes a second, nearly all
/// of it for the 300 libraries that LibTorch comes with. With arguments this is the program. Without,
/// standard input is a socket of sequenced packets (AF_UNIX). Each packet is a command: the folder to run it
/// in and its arguments, separated by null characters, and with it the descriptors of its standard input,
/// output and error. The answers are the id of its process, and at its end its status (wait) and its greatest
/// memory in kB. tests/support/snpse_process.py is the other end.

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/program.hpp"
#include "numerics/blas_kernels.hpp"

namespace {

struct Command {
  std::string folder;
  std::vector<std::string> arguments;  ///< without the program's name
  std::array<int, 3> descriptors;      ///< its standard input, output and error
};

std::vector<std::string> parts_of(const std::string& packet) {
  std::vector<std::string> parts(1);
  for (const char character : packet)
    if (character == '\0')
      parts.emplace_back();
    else
      parts.back() += character;
  return parts;
}

/// The next command; none when the other end has closed the socket.
std::optional<Command> receive() {
  Command command;
  std::string packet(1 << 17, '\0');
  iovec data{packet.data(), packet.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof command.descriptors)> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const auto size = ::recvmsg(STDIN_FILENO, &message, MSG_CMSG_CLOEXEC);
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (size <= 0 || header == nullptr) return std::nullopt;
  std::memcpy(command.descriptors.data(), CMSG_DATA(header), sizeof command.descriptors);
  packet.resize(static_cast<std::size_t>(size));
  auto parts = parts_of(packet);
  command.folder = parts.front();
  command.arguments.assign(parts.begin() + 1, parts.end());
  return command;
}

/// Runs the command in this process.
int run(Command& command, char* program) {
  for (int i = 0; i < 3; ++i) ::dup2(command.descriptors[static_cast<std::size_t>(i)], i);
  if (::chdir(command.folder.c_str()) != 0) return EXIT_FAILURE;
  std::vector<char*> arguments{program};
  for (auto& argument : command.arguments) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  return snpse::run_program(static_cast<int>(arguments.size()) - 1, arguments.data());
}

void answer(const auto& value) {
  if (::send(STDIN_FILENO, &value, sizeof value, MSG_NOSIGNAL) < 0) std::exit(EXIT_FAILURE);
}

}  // namespace

int main(int argc, char** argv) {
  snpse::restart_with_better_blas(argv);
  if (argc > 1) return snpse::run_program(argc, argv);
  while (auto command = receive()) {
    const pid_t process = ::fork();
    if (process == 0) {
      const int code = run(*command, argv[0]);
      std::fflush(nullptr);
      std::_Exit(code);
    }
    for (const int descriptor : command->descriptors) ::close(descriptor);
    answer(static_cast<std::int64_t>(process));
    int status = 0;
    rusage usage{};
    ::wait4(process, &status, 0, &usage);
    answer(std::array<std::int64_t, 2>{status, usage.ru_maxrss});
  }
}
