#include "app/amtool_config.h"

#include "core/yaml_reader.h"

namespace tocsin {

std::vector<std::string> amtool_config_paths(const Environment& environment) {
  std::vector<std::string> paths;
  if (const std::string home = environment("HOME"); !home.empty()) {
    paths.push_back(home + "/.config/amtool/config.yml");
  }
  paths.emplace_back("/etc/amtool/config.yml");
  return paths;
}

Result<AmtoolConfig> read_amtool_config(const std::vector<std::string>& paths, Files& files) {
  AmtoolConfig config;
  Problems problems;
  for (const std::string& path : paths) {
    if (const auto found = files.find(path); !found || found->empty()) continue;
    const auto text = files.read(path);
    if (!text) return tl::unexpected(text.error());
    const YamlDocument document = YamlDocument::parse(*text, path, problems);
    if (document.root().null()) continue;
    const YamlObject check(document.root(), "configuration of amtool", problems);
    if (document.root().kind() != YamlNode::Kind::kMapping) continue;
    for (const auto& [key, value] : document.root().entries()) config.emplace(key.text(), value.text());
  }
  if (!problems.has_errors()) return config;
  std::string message = problems.to_string();
  while (message.ends_with('\n')) message.pop_back();
  return fail(message);
}

}  // namespace tocsin
