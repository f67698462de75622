// The Stage is where a scenario is played: the program in a VirtualShell, with a Prometheus and receivers
// that do as the commands say. What happens becomes lines that a reader understands: times count from the
// start, and each notification is shown as a page. Time 0 is a slot of the first rule group, so that
// evaluations happen at round times.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "app/configuration.h"
#include "app/virtual_shell.h"
#include "tests/scenarios/scenario_script.h"

namespace tocsin {

class Stage {
 public:
  ScenarioLines carry_out(const ScenarioCommand&);

 private:
  struct Service {
    std::string answer = "ok";
    Duration retry_after{};
    Duration takes{};
  };

  // Each takes the words that follow its name; false: not understood.
  bool understand(std::string_view words, const std::string& block);
  bool start();
  bool reload();
  bool prometheus(std::string_view words);
  bool receiver(std::string_view words);
  bool post(std::string_view words);
  bool silence(std::string_view words);
  bool expire(std::string_view words);
  bool show(std::string_view what);
  bool explain(std::string_view words);
  bool crash(std::string_view words);
  bool disk(std::string_view words);
  bool restart(std::string_view words);
  bool run_to(TimePoint);

  bool load();
  VirtualShell::World world();
  VirtualShell::QueryReply ask(const std::string& expression) const;
  VirtualShell::DeliveryReply deliver(const Notification&);
  Service& service_of(const IntegrationId&);
  void show_alerts();
  void show_groups();
  void show_told();
  void show_silences();

  std::string clock(TimePoint) const;
  std::string line_of(const Notice&) const;
  std::string since_start(const std::string& sentence) const;
  void say(std::string line) { lines_.push_back(std::move(line)); }
  bool complain(std::string what);

  MemoryFiles files_;
  std::map<std::string, QueryResult, std::less<>> answers_;  // by expression
  bool prometheus_is_down_ = false;
  Duration queries_take_{};
  std::map<std::string, Service, std::less<>> services_;  // by name as the scenario gives it
  Service fine_;
  Configuration configuration_;
  std::unique_ptr<VirtualShell> shell_;
  TimePoint started_at_ = kNoTime;
  ScenarioLines lines_;
};

}  // namespace tocsin
