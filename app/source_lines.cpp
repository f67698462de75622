#include "app/source_lines.h"

namespace tocsin {

std::string_view SourceLines::text(const std::string& file) {
  return source(file).text;
}

std::string_view SourceLines::line(const std::string& file, int number) {
  return source(file).lines.line(number);
}

SourceLines::Source& SourceLines::source(const std::string& file) {
  const auto known = sources_.find(file);
  if (known != sources_.end()) return known->second;
  return sources_.try_emplace(file, files_.read(file).value_or("")).first->second;
}

}  // namespace tocsin
