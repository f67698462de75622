// Whatever bytes are read as a configuration: it is loaded or refused, never both, and always the same way.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "app/configuration.h"

namespace {

using namespace tocsin;

std::string loaded(const std::string& text, bool& is_whole) {
  MemoryFiles files;
  files.files["tocsin.yml"] = text;
  files.files["rules/a.yml"] = "groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]\n";
  files.files["a.tmpl"] = "{{ define \"a\" }}{{ .Alerts | len }}{{ end }}";
  Problems problems;
  const auto configuration = load_configuration("tocsin.yml", "http://localhost:9093", files, problems);
  is_whole = configuration.has_value() != problems.has_errors();
  return problems.to_string() + (configuration ? configuration->redacted : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  bool is_whole = false;
  const std::string first = loaded(text, is_whole);
  if (!is_whole || first != loaded(text, is_whole)) {
    std::fprintf(stderr, "broken: %s\n", first.c_str());
    std::abort();
  }
  return 0;
}
