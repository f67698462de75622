// FileRecord: reads for the configuration loader and remembers what it was told: what each file held and what
// each pattern found. Asked later, it says whether a loader would be told something else now, so that a file
// that was only touched reloads nothing, and a load that failed is tried again once there is a reason to. It
// waits for nothing; ConfigWatch asks it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/files.h"

namespace tocsin {

class FileRecord : public Files {
 public:
  // `inner` outlives the record.
  explicit FileRecord(Files& inner) : inner_(inner) {}

  Result<std::string> read(const std::string& path) override;
  Result<std::vector<std::string>> find(const std::string& pattern) override;
  bool is_folder(const std::string& path) override { return inner_.is_folder(path); }

  // In words, one each: "rules/a.yml has changed", "rules/b.yml is new", "c.tmpl is gone". Empty: nothing has
  // changed.
  std::vector<std::string> changes() const;

  // Every file that was asked for, and the pattern of every search.
  std::set<std::string> paths() const;
  std::set<std::string> patterns() const;

 protected:
  std::vector<std::string> list(const std::string& folder) override;

 private:
  using Contents = std::optional<std::uint64_t>;  // a hash; nothing where the file could not be read
  static Contents contents(const Result<std::string>& text);

  Files& inner_;
  std::map<std::string, Contents> files_;
  std::map<std::string, std::vector<std::string>> searches_;
};

}  // namespace tocsin
