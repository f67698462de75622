#include "app/secret_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tocsin {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{16} << 20;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int number() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Error> cannot_read(const std::string& path, const std::string& why) {
  return fail("cannot read " + path + ": " + why);
}

std::string words(int error) {
  return std::error_code(error, std::generic_category()).message();
}

}  // namespace

Result<std::string> read_small_file(const std::string& path) {
  // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return cannot_read(path, words(errno));
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return cannot_read(path, words(errno));
  if (!S_ISREG(status.st_mode)) return cannot_read(path, "not a regular file");
  std::string text;
  char buffer[16384];
  while (true) {
    const ssize_t count = ::read(file.number(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot_read(path, words(errno));
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > kMaxBytes) return cannot_read(path, "larger than 16 MiB");
  }
}

Result<std::string> read_secret_file(const std::string& path) {
  auto text = read_small_file(path);
  if (!text) return text;
  constexpr const char* kSpace = " \t\r\n\v\f";
  const auto first = text->find_first_not_of(kSpace);
  if (first == std::string::npos) return std::string();
  return text->substr(first, text->find_last_not_of(kSpace) - first + 1);
}

Result<std::string> reveal(const Secret& secret) {
  if (secret.file.empty()) return secret.text;
  return read_secret_file(secret.file);
}

Result<std::string> text_or_file(const std::string& inline_text, const std::string& path) {
  if (!inline_text.empty() || path.empty()) return inline_text;
  return read_small_file(path);
}

}  // namespace tocsin
