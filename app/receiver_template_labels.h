// Which labels the texts of receivers ask for by name: {{ .GroupLabels.cluster }}, {{ .CommonLabels.team }}.
// Reads the texts as they stand in the configuration; what template files ask for, nobody can attribute to a
// receiver.
#pragma once

#include <string>
#include <vector>

#include "core/yaml_reader.h"

namespace tocsin {

struct ReceiverTemplateLabel {
  std::string receiver;
  std::string name;
  bool of_group = false;  // else: of .CommonLabels
  Position position;      // of the text
};

// `receivers` is the list of that name. Each label once for each receiver. What a text asks for in a
// condition
// (`if`, `with`) is left out.
std::vector<ReceiverTemplateLabel> receiver_template_labels(const YamlNode& receivers);

}  // namespace tocsin
