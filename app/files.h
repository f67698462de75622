// The Files seam: what commands and the configuration loader read from disk. Its in-memory twin makes both
// testable as values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/result.h"

namespace tocsin {

class Files {
 public:
  virtual ~Files() = default;
  virtual Result<std::string> read(const std::string& path) = 0;
  // Paths that match a Go-style glob (rules/glob.h), sorted; a pattern without magic is itself if it exists.
  virtual Result<std::vector<std::string>> find(const std::string& pattern);
  virtual bool is_folder(const std::string& path) = 0;
  // Names in a folder, sorted.
  std::vector<std::string> entries(const std::string& folder) { return list(folder); }

 protected:
  // Names (not paths) of the entries of a folder; empty where there is none. "" is the current folder.
  virtual std::vector<std::string> list(const std::string& folder) = 0;
};

class DiskFiles : public Files {
 public:
  Result<std::string> read(const std::string& path) override;
  bool is_folder(const std::string& path) override;

 protected:
  std::vector<std::string> list(const std::string& folder) override;
};

class MemoryFiles : public Files {
 public:
  std::map<std::string, std::string> files;
  Result<std::string> read(const std::string& path) override;
  bool is_folder(const std::string& path) override;

 protected:
  std::vector<std::string> list(const std::string& folder) override;
};

}  // namespace tocsin
