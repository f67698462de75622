// Which folders must be watched to learn of every change to a file: the one it lies in, and where links lead
// there, every folder that holds one of the links. That is how Kubernetes changes a mounted configuration:
// `alertmanager.yml` leads to `..data/alertmanager.yml`, and only the link `..data` is replaced.
#pragma once

#include <set>
#include <string>

namespace tocsin {

// Of one file, whether it exists or not: of a path that ends nowhere, the last folder that exists.
std::set<std::string> folders_of_file(const std::string& path);

// Of every file that a pattern (rules/glob.h) could match.
std::set<std::string> folders_of_pattern(const std::string& pattern);

}  // namespace tocsin
