// The list of receiver kinds, in one place: what can be configured, which key names it, and who reads it.
// Also the reader of the whole `receivers:` list.
#pragma once

#include <string>
#include <vector>

#include "core/yaml_reader.h"
#include "receivers/integration.h"
#include "receivers/notification_templates.h"
#include "receivers/receiver_defaults.h"

namespace tocsin {

// Every mistake becomes a problem at its place. Receivers that have one are in the answer as far as they
// could be read, so that the routes which name them are not reported as well.
std::vector<Receiver> read_receivers(YamlNode receivers, const ReceiverDefaults& defaults,
                                     const std::string& base_folder, Problems& problems);

// Tries every template of every receiver on sample alerts; each failure is a problem where the template
// stands.
void check_receiver_templates(const std::vector<Receiver>&, const NotificationTemplates&, Problems&);

}  // namespace tocsin
