// Secrets and other small files that a configuration names, read at the moment of their use so that rotation
// needs no reload. It keeps nothing: no cache, no watch. Errors name the path and the reason, never the
// contents.
#pragma once

#include <string>

#include "core/http_config.h"
#include "core/result.h"

namespace tocsin {

// The whole of a regular file (a link to one is fine). Refuses devices, pipes and files over 16 MiB, so that
// it cannot hang.
Result<std::string> read_small_file(const std::string& path);

// As read_small_file, white space at both ends removed, as Prometheus does with password files.
Result<std::string> read_secret_file(const std::string& path);

// The secret's text, or what its file holds now. An unset secret is empty.
Result<std::string> reveal(const Secret&);

// `inline_text` if there is one, else what the file holds now (not trimmed: certificates); empty where
// neither is given.
Result<std::string> text_or_file(const std::string& inline_text, const std::string& path);

}  // namespace tocsin
