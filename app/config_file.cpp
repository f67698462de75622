#include "app/config_file.h"

#include <unistd.h>

namespace tocsin {

std::string config_file_or_default(const std::string& given) {
  if (!given.empty()) return given;
  const bool ours = access("tocsin.yml", F_OK) == 0 || access("alertmanager.yml", F_OK) != 0;
  return ours ? "tocsin.yml" : "alertmanager.yml";
}

}  // namespace tocsin
