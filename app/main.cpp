// Where everything starts: the command line decides which command runs. Exit codes: 0 fine, 1 findings or
// failures, 2 usage. Linking mimalloc replaces the allocator of the whole program.
#include "app/alert_command.h"
#include "app/check_command.h"
#include "app/explain_command.h"
#include "app/options.h"
#include "app/receiver_command.h"
#include "app/route_command.h"
#include "app/rules_command.h"
#include "app/schema_command.h"
#include "app/serve_command.h"
#include "app/silence_command.h"
#include "app/spare_memory.h"
#include "app/template_command.h"

int main(int argc, char** argv) {
  using namespace tocsin;
  keep_no_spare_memory();
  const Options options = read_command_line(argc, argv);
  if (const auto* serve = std::get_if<ServeOptions>(&options)) return run_serve(*serve);
  if (const auto* check = std::get_if<CheckOptions>(&options)) {
    take_large_pages(std::size_t{128} << 20);
    return run_check(*check);
  }
  if (const auto* schema = std::get_if<SchemaOptions>(&options)) return run_schema(*schema);
  if (const auto* render = std::get_if<RenderOptions>(&options)) return run_template_render(*render);
  if (const auto* show = std::get_if<RouteShowOptions>(&options)) return run_route_show(*show);
  if (const auto* test = std::get_if<RouteTestOptions>(&options)) return run_route_test(*test);
  if (const auto* explain = std::get_if<ExplainOptions>(&options)) return run_explain(*explain);
  if (const auto* silence = std::get_if<SilenceOptions>(&options)) return run_silence(*silence);
  if (const auto* alert = std::get_if<AlertOptions>(&options)) return run_alert(*alert);
  if (const auto* receiver = std::get_if<ReceiverOptions>(&options)) return run_receiver(*receiver);
  if (const auto* rules = std::get_if<RulesOptions>(&options)) return run_rules(*rules);
  return std::get<Finished>(options).exit_code;
}
