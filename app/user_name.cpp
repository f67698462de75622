#include "app/user_name.h"

#include <pwd.h>
#include <unistd.h>

namespace tocsin {

std::string user_name() {
  const passwd* entry = getpwuid(getuid());
  return entry == nullptr ? "" : entry->pw_name;
}

}  // namespace tocsin
