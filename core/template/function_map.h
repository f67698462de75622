// FunctionMap: the functions a template may call by name, besides the builtins. Built once, then shared and
// read by many threads.
//
//   FunctionMap functions;
//   functions.add("toUpper", [](const std::string& text) { return to_upper(text); });
//   functions.add("join", [](const std::string& separator, const std::vector<std::string>& parts) { … });
#pragma once

#include <concepts>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/template/function.h"

namespace tocsin::tmpl {

class FunctionMap {
 public:
  // Replaces a function of the same name; also a builtin, as in Go.
  FunctionMap& add(std::string name, std::shared_ptr<const Function> function) {
    functions_[std::move(name)] = std::move(function);
    return *this;
  }

  // See make_function for what a callable may take and return.
  template <class Callable>
  requires(!std::convertible_to<Callable, std::shared_ptr<const Function>>)
      FunctionMap& add(std::string name, Callable callable) {
    return add(std::move(name), make_function(std::move(callable)));
  }

  // nullptr if there is none.
  const Function* find(std::string_view name) const {
    const auto found = functions_.find(name);
    return found == functions_.end() ? nullptr : found->second.get();
  }

 private:
  std::map<std::string, std::shared_ptr<const Function>, std::less<>> functions_;
};

}  // namespace tocsin::tmpl
