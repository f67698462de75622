// Where everything starts: the command line decides which command runs. Exit codes: 0 fine, 1 findings or
// failures, 2 usage.
#include "app/check_command.h"
#include "app/options.h"
#include "app/route_command.h"
#include "app/serve_command.h"
#include "app/template_command.h"

int main(int argc, char** argv) {
  using namespace tocsin;
  const Options options = read_command_line(argc, argv);
  if (const auto* serve = std::get_if<ServeOptions>(&options)) return run_serve(*serve);
  if (const auto* check = std::get_if<CheckOptions>(&options)) return run_check(*check);
  if (const auto* render = std::get_if<RenderOptions>(&options)) return run_template_render(*render);
  if (const auto* show = std::get_if<RouteShowOptions>(&options)) return run_route_show(*show);
  if (const auto* test = std::get_if<RouteTestOptions>(&options)) return run_route_test(*test);
  return std::get<Finished>(options).exit_code;
}
