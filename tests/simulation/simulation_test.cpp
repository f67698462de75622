// The simulation: the whole program under virtual time, with everything going wrong that the seed can think
// of, then a long calm. A failing seed is run again, with its whole trace, by TOCSIN_SEED=N tests_simulation;
// TOCSIN_SEEDS=N runs so many more than the usual ones.
#include <doctest/doctest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/duration.h"
#include "tests/simulation/witness.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

constexpr Duration kChaos = 20min;
// A hold after rejections lasts at most as long as the time since the first rejection, and an interval.
constexpr Duration kCalm = 26min;
constexpr Duration kEnd = 10min;

std::uint64_t g_seed = 0;  // of the run under way, for the handler

extern "C" void say_seed(int) {
  std::fprintf(stderr, "\nThe simulation died. Again: TOCSIN_SEED=%llu tests_simulation\n",
               static_cast<unsigned long long>(g_seed));
}

class Simulation {
 public:
  Simulation(std::uint64_t seed, bool keeps_trace)
      : world_(seed, kChaos), keeps_trace_(keeps_trace), shell_(outlets(), kSimulationStart) {}

  void run() {
    shell_.start(configured());
    const TimePoint calm_at = kSimulationStart + kChaos;
    while (shell_.now() < calm_at) {
      step_until(shell_.now() + world_.chance.between(100ms, 40s));
      if (!shell_.running()) recover();
      something_happens();
    }
    calm_down();
    step_until(shell_.now() + kCalm);
    witness_.check_what_fires(world_.true_alerts(shell_.now()), shell_.engine(), shell_.now());
    witness_.check_everybody_knows(shell_.engine(), shell_.now());
    world_.series.end(shell_.now());
    say("everything ends");
    step_until(shell_.now() + kEnd);
    witness_.check_everything_ended(shell_.now());
    check_nothing_left();
  }

  const std::vector<std::string>& violations() const { return witness_.violations(); }
  std::uint64_t fingerprint() const { return fingerprint_; }
  const std::string& trace() const { return trace_; }
  std::size_t left_over() const { return left_over_; }

 private:
  VirtualShell::World outlets() {
    return {
        [this](const PrometheusServer&, const std::string& expression, TimePoint at) {
          auto reply = world_.ask(expression, at);
          witness_.queried(SimulatedWorld::rule_of(expression), reply, at, shell_.now());
          return reply;
        },
        [this](const Notification& notification) {
          const auto answer = world_.answer(notification);
          say("  to " + notification.integration.to_string() + " " + notification.group_key + " " +
              text(notification) + " -> " + std::to_string(answer.result.status) +
              (answer.heard ? "" : " unheard"));
          witness_.delivered(notification, answer, wants_resolved(notification.integration), shell_.engine(),
                             shell_.now());
          return VirtualShell::DeliveryReply{answer.result, answer.took};
        },
        [this](std::span<const Notice> notices, TimePoint now) {
          for (const Notice& notice : notices) say(notice.to_string());
          witness_.noticed(notices, world_, now);
        },
    };
  }

  static std::string text(const Notification& notification) {
    std::string text(to_string(notification.reason));
    for (const Alert& alert : notification.alerts)
      text += (is_set(alert.ends_at) ? " -" : " +") + alert.labels.to_string();
    return text;
  }

  void say(const std::string& line) {
    for (const char c : line)
      fingerprint_ = (fingerprint_ ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    fingerprint_ ^= static_cast<std::uint64_t>(shell_.now().time_since_epoch().count());
    if (keeps_trace_) trace_ += format_go_duration(shell_.now() - kSimulationStart) + " " + line + "\n";
  }

  EngineConfig configured() {
    EngineConfig config = world_.config();
    routing_ = config.routing;
    witness_.configured(world_.rules());
    return config;
  }

  // As it was configured last; one that is gone finishes what was in flight.
  bool wants_resolved(const IntegrationId& id) const {
    for (const IntegrationEntry& entry : routing_->receiver(id.receiver)->integrations) {
      if (entry.id == id) return entry.wants_resolved;
    }
    return true;
  }

  void step_until(TimePoint time) {
    const bool ran = shell_.running();
    while (shell_.next_deadline() <= time) shell_.run_until(shell_.next_deadline());
    if (ran && !shell_.running()) crashed();
    shell_.run_until(time);
    if (shell_.running()) witness_.check_heard_in_time(shell_.engine(), shell_.now());
  }

  void crashed() {
    say("crashed");
    witness_.crashed(shell_.now());
  }

  // A supervisor starts the program again some time later.
  void recover() {
    shell_.run_until(shell_.now() + world_.chance.between(0s, 4min));
    say("restarts");
    shell_.restart();
    witness_.disturbed(shell_.now());
  }

  void something_happens() {
    Chance& chance = world_.chance;
    if (!shell_.running()) return;
    switch (chance.below(15)) {
      case 0:
      case 1:
        world_.prometheus = static_cast<PrometheusMood>(chance.below(5));
        return say("Prometheus changes its mood");
      case 2:
      case 3:
      case 4: {
        const auto names = SimulatedWorld::integrations();
        world_.services[names[chance.below(names.size())]] = static_cast<ServiceMood>(chance.below(6));
        return say("a service changes its mood");
      }
      case 5:
        if (chance.one_in(2)) return;
        shell_.crash();
        crashed();
        return recover();
      case 6:
        return shell_.crash_at(chance.one_in(2) ? VirtualShell::CrashPoint::kBeforeCommit
                                                : VirtualShell::CrashPoint::kBeforeDelivery);
      case 7: {
        say("the clock jumps");
        const TimePoint target = shell_.now() + chance.between(1s, chance.one_in(3) ? 10min : 1min);
        witness_.disturbed(target);
        shell_.jump_to(target);
        if (!shell_.running()) crashed();
        return;
      }
      case 8:
        return reload();
      case 9:
      case 10:
        shell_.post(world_.posted_alerts(shell_.now()));
        if (!shell_.running()) crashed();
        return;
      case 11:
        return disk_is_full();
      case 12:
      case 13:
        return silences();
      default:
        world_.prometheus = PrometheusMood::kFine;
    }
  }

  // Pages go out all the same. Only a crash before the disk has room again would lose something, so there is
  // none.
  void disk_is_full() {
    say("the disk is full");
    shell_.crash_at(std::nullopt);
    shell_.store().fail_commits(Error{"database or disk is full"});
    step_until(shell_.now() + world_.chance.between(1s, 3min));
    shell_.store().fail_commits(std::nullopt);
    step_until(shell_.now() + Engine::kHeartbeat);
  }

  void silences() {
    const auto known = shell_.engine().router().silences().all();
    if (!known.empty() && world_.chance.one_in(3)) {
      say("a silence is ended");
      (void)shell_.expire_silence(known[world_.chance.below(known.size())].id);
    } else {
      say("a silence is made");
      (void)shell_.set_silence(world_.new_silence(shell_.now()));
    }
    if (!shell_.running()) crashed();
  }

  void reload() {
    const bool routes = world_.chance.one_in(2);
    say(routes ? "reload: routes" : "reload: rules");
    routes ? world_.change_routes() : world_.change_rules();
    EngineConfig config = configured();
    if (routes) witness_.rerouted(*routing_, shell_.now());
    witness_.reloaded(shell_.now());
    shell_.reload(std::move(config));
    if (!shell_.running()) crashed();
  }

  void calm_down() {
    if (!shell_.running()) recover();
    shell_.crash();  // the last one; it disarms crash points
    crashed();
    recover();
    say("calm");
    world_.calm_down();
    world_.series.freeze(shell_.now());
  }

  // After the end, the store remembers nothing but the heartbeat and the silences that there were.
  void check_nothing_left() {
    const auto stored = shell_.store().load();
    for (const Record& record : *stored) {
      if (record.bucket == "heartbeat" || record.bucket == "silence") continue;
      ++left_over_;
      say("left over: " + record.bucket + " " + record.key);
    }
    left_over_ += shell_.engine().router().groups(shell_.now()).size();
    left_over_ += shell_.engine().router().alerts(shell_.now()).size();
  }

  SimulatedWorld world_;
  Witness witness_;
  bool keeps_trace_;
  std::shared_ptr<const RoutingConfig> routing_;
  std::uint64_t fingerprint_ = 14695981039346656037ULL;
  std::string trace_;
  std::size_t left_over_ = 0;
  VirtualShell shell_;
};

std::uint64_t environment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

void check_seed(std::uint64_t seed) {
  g_seed = seed;
  Simulation simulation(seed, false);
  simulation.run();
  if (simulation.violations().empty() && simulation.left_over() == 0) return;
  std::string report = "Again, with its trace: TOCSIN_SEED=" + std::to_string(seed) + " tests_simulation\n";
  for (const std::string& violation : simulation.violations()) report += "  " + violation + "\n";
  if (simulation.left_over() > 0)
    report += "  after everything ended, " + std::to_string(simulation.left_over()) + " things are left\n";
  FAIL_CHECK(report);
}

}  // namespace

TEST_CASE("whatever goes wrong, people hear what fires and what ended, once and in time") {
  std::signal(SIGABRT, say_seed);
  if (std::getenv("TOCSIN_SEED") != nullptr) {
    g_seed = environment("TOCSIN_SEED", 0);
    Simulation simulation(g_seed, true);
    simulation.run();
    MESSAGE(simulation.trace());
    return check_seed(g_seed);
  }
  const std::uint64_t seeds = environment("TOCSIN_SEEDS", 300);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) check_seed(seed);
}

TEST_CASE("the same seed gives the same trace") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Simulation once(seed, false);
    Simulation again(seed, false);
    once.run();
    again.run();
    CHECK(once.fingerprint() == again.fingerprint());
  }
}
