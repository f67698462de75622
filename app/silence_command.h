// `tocsin silence`: makes, lists, changes and expires silences of a running server (ours, or any
// Alertmanager) through its API, with amtool's words and output. Exit codes: 0 fine, 1 the server refused or
// was not there, 2 usage.
#pragma once

#include "app/command_output.h"
#include "app/options_silence.h"

namespace tocsin {

int run_silence(const SilenceOptions&);

// What a command needs of the world, as values.
struct SilenceSurroundings {
  AskApi ask;
  ApiSettings settings;
  TimePoint now;
  std::string user;   // whoever is logged in
  std::string input;  // of import: the file's text
};

CommandOutput add_silence(const SilenceAddOptions&, const SilenceSurroundings&);
CommandOutput query_silences(const SilenceQueryOptions&, const SilenceSurroundings&);
CommandOutput expire_silences(const SilenceExpireOptions&, const SilenceSurroundings&);
CommandOutput update_silences(const SilenceUpdateOptions&, const SilenceSurroundings&);
CommandOutput import_silences(const SilenceImportOptions&, const SilenceSurroundings&);

}  // namespace tocsin
