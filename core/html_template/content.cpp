#include "core/html_template/content.h"

#include "core/template/go_format.h"

namespace tocsin::tmpl {

Content content_of(Arguments arguments) {
  if (arguments.size() == 1 && arguments[0].kind() == Kind::string)
    return {arguments[0].as_string(), arguments[0].string_type()};
  Value::List present;
  for (const Value& argument : arguments) {
    if (!argument.is_invalid()) present.push_back(argument.unboxed());
  }
  return {sprint(present), StringType::plain};
}

}  // namespace tocsin::tmpl
