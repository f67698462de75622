// The configuration file of amtool, so that its users need nothing new: which server, who they are, how they
// like output. Every flag of amtool may stand in it; those that we have too are read.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/files.h"
#include "app/proxy_choice.h"
#include "core/result.h"

namespace tocsin {

// Flags by their names ("alertmanager.url", "author", "output"). Of two files the first says it.
using AmtoolConfig = std::map<std::string, std::string>;

// $HOME/.config/amtool/config.yml, then /etc/amtool/config.yml.
std::vector<std::string> amtool_config_paths(const Environment&);
// Files that are not there are left out; one with mistakes fails.
Result<AmtoolConfig> read_amtool_config(const std::vector<std::string>& paths, Files&);

}  // namespace tocsin
