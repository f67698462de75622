// Whatever bytes are read as a template of Go's, as rules have them: taken or refused with a message, and
// what is taken can be shown.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "core/template/builtins.h"
#include "core/template/node.h"
#include "core/template/parser.h"
#include "rules/template_check.h"

namespace {

using namespace tocsin;

bool function_exists(std::string_view name) {
  for (const std::string_view known : rule_function_names()) {
    if (known == name) return true;
  }
  return tmpl::find_builtin(name) != nullptr;
}

std::string broken_template_property(const std::string& text) {
  if (const auto mistake = check_rule_template("A", text); mistake && mistake->message.empty())
    return "it is refused without a word";
  const auto trees = tmpl::parse_template("t", text, function_exists);
  if (!trees) return trees.error().message.empty() ? "it is refused without a word" : "";
  for (const auto& [name, tree] : *trees) {
    if (tree->root != nullptr) (void)tree->root->text();  // as error messages show it
  }
  return "";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string broken = broken_template_property({reinterpret_cast<const char*>(data), size});
  if (!broken.empty()) {
    std::fprintf(stderr, "broken: %s\n", broken.c_str());
    std::abort();
  }
  return 0;
}
