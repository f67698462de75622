#include "app/api_connection.h"

namespace tocsin {

Result<ApiConnection> ApiConnection::open(const ApiFlags& flags) {
  DiskFiles files;
  const Environment environment = process_environment();
  const auto config = read_amtool_config(amtool_config_paths(environment), files);
  if (!config) return tl::unexpected(config.error());
  auto settings = settle(flags, *config, environment);
  if (!settings) return tl::unexpected(settings.error());
  auto client = ApiClient::open(settings->client);
  if (!client) return tl::unexpected(client.error());
  return ApiConnection{std::move(*client), std::move(*settings)};
}

AskApi ApiConnection::ask() {
  return [this](std::string method, std::string path_and_query, std::string body) {
    return client.request(std::move(method), std::move(path_and_query), std::move(body));
  };
}

}  // namespace tocsin
