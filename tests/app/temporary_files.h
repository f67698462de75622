// TemporaryFiles: a folder of its own for one test, with what the test writes into it. It goes with the test.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace tocsin::test {

class TemporaryFiles {
 public:
  TemporaryFiles() {
    if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  }
  ~TemporaryFiles() { std::filesystem::remove_all(folder_); }
  TemporaryFiles(const TemporaryFiles&) = delete;
  TemporaryFiles& operator=(const TemporaryFiles&) = delete;

  const std::string& folder() const { return folder_; }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  // In one step: nobody sees half of it. Folders on the way are made.
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name + ".next"), std::ios::trunc) << text;
    rename(name + ".next", name);
  }
  // The same file with other contents, as an editor may do it.
  void overwrite(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::trunc) << text;
  }
  void rename(const std::string& from, const std::string& to) const {
    std::filesystem::rename(path(from), path(to));
  }
  // A link called `name` to `target`, which replaces what had the name, in one step.
  void link(const std::string& target, const std::string& name) const {
    std::filesystem::create_symlink(target, path(name + ".next"));
    rename(name + ".next", name);
  }

 private:
  std::string folder_ = "/tmp/tocsin-test-XXXXXX";
};

}  // namespace tocsin::test
