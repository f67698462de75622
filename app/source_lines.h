// Lines of the files that problems are in, read once each and only when asked for.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "app/files.h"
#include "core/yaml_text.h"

namespace tocsin {

class SourceLines {
 public:
  explicit SourceLines(Files& files) : files_(files) {}
  // Empty where there is none.
  std::string_view text(const std::string& file);
  std::string_view line(const std::string& file, int number);

 private:
  struct Source {
    explicit Source(std::string contents) : text(std::move(contents)) {}
    std::string text;
    YamlText lines{text};
  };
  Source& source(const std::string& file);

  Files& files_;
  std::map<std::string, Source> sources_;
};

}  // namespace tocsin
