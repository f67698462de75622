// The loop's promises: durable before delivered, a failing store stops no page, questions are answered also
// at the end.
#include "app/event_loop.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "app/memory_store.h"
#include "tests/app/shell_support.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

EngineConfig one_receiver() {
  auto routing = std::make_shared<RoutingConfig>();
  routing->root.receiver = "hook";
  routing->root.group_wait = Duration::zero();
  name_routes(routing->root);
  routing->receivers = {{"hook", {{{"hook", "webhook", 0}, true, "f"}}}};
  return {std::make_shared<EvaluatorConfig>(), routing};
}

Alert alert(const char* name, TimePoint now) {
  Alert alert;
  alert.labels = Labels{{"alertname", name}};
  alert.starts_at = now;
  alert.ends_at = now + 1h;
  alert.updated_at = now;
  return alert;
}

struct Running {
  MemoryStore store;
  SystemClock clock;
  std::promise<Notification> delivered;
  std::size_t records_at_delivery = 0;
  std::mutex mutex;
  std::vector<NoticeKind> notices;
  std::unique_ptr<EventLoop> loop;

  Running() {
    Step first;
    auto engine = Engine::start(one_receiver(), {}, clock.now(), first);
    EventLoop::Outlets outlets{
        [](EvaluateGroup) {},
        [this](Notification notification, const std::shared_ptr<CommitGate>& gate) {
          gate->pass([this, notification = std::move(notification)] {
            records_at_delivery = store.load()->size();
            delivered.set_value(notification);
          });
        },
        [this](std::span<const Notice> batch, TimePoint) {
          const std::lock_guard lock(mutex);
          for (const Notice& notice : batch) notices.push_back(notice.kind);
        },
    };
    loop = std::make_unique<EventLoop>(std::move(engine), std::move(first), store, clock, Duration(1h),
                                       std::move(outlets));
  }

  // Until the loop has taken in what became of the commits, and of those that follow from that.
  void settle() {
    for (int round = 0; round < 2; ++round) {
      loop->settle();
      loop->ask([](const Engine&, TimePoint) { return true; });
    }
  }

  // Of those that the test has posted: the one about the store comes and goes.
  std::size_t stored_alerts() {
    const auto stored = store.load();
    return static_cast<std::size_t>(std::ranges::count_if(*stored, [](const Record& record) {
      return record.bucket == "alert" && record.value->find("StorageFailing") == std::string::npos;
    }));
  }

  bool noticed(NoticeKind kind) {
    const std::lock_guard lock(mutex);
    return std::find(notices.begin(), notices.end(), kind) != notices.end();
  }
};

}  // namespace

TEST_CASE("what a delivery needs is stored before anything of it leaves the program") {
  Running running;
  running.loop->start();
  running.loop->post(AlertsPosted{{alert("Foo", running.clock.now())}});
  const Notification notification = running.delivered.get_future().get();
  CHECK(notification.reason == NotifyReason::kFirstNotification);
  CHECK(running.records_at_delivery >= 3);  // alert, group, told
  running.loop->stop();
}

TEST_CASE("a page does not wait for a slow disk, and who asked for something to be stored does") {
  Running running;
  std::promise<void> disk;
  std::atomic<bool> slow = true;
  running.store.sync_by([&slow, synced = disk.get_future().share()] {
    synced.wait();
    slow = false;
    return Result<void>();
  });
  running.loop->start();
  running.loop->post(AlertsPosted{{alert("Foo", running.clock.now())}});
  running.delivered.get_future().get();
  CHECK(running.loop->ask(
            [](const Engine& engine, TimePoint now) { return engine.router().alerts(now).size(); }) == 1);
  CHECK(slow);
  std::thread asking([&] {
    running.loop->settle();
    CHECK_FALSE(slow);
  });
  disk.set_value();
  asking.join();
  running.loop->stop();
}

TEST_CASE("what could not be synced counts as not stored, and is committed again") {
  Running running;
  std::atomic<bool> broken = true;
  running.store.sync_by([&] { return broken ? Result<void>(fail("the disk is broken")) : Result<void>(); });
  running.loop->start();
  running.loop->post(AlertsPosted{{alert("Foo", running.clock.now())}});
  running.delivered.get_future().get();
  running.settle();
  CHECK(running.loop->committer().store_fails());
  CHECK(running.noticed(NoticeKind::kStoreFailed));
  running.loop->ask([&](const Engine&, TimePoint) {
    broken = false;
    std::vector<Record> lost;  // as a disk may do
    const auto stored = running.store.load();
    for (const Record& record : *stored) lost.push_back({record.bucket, record.key, std::nullopt});
    return running.store.commit(lost, {}).has_value();
  });
  running.loop->post(AlertsPosted{{alert("Bar", running.clock.now())}});
  running.settle();
  running.loop->stop();
  CHECK_FALSE(running.loop->committer().store_fails());
  CHECK(running.noticed(NoticeKind::kStoreRecovered));
  CHECK(running.stored_alerts() == 2);
}

TEST_CASE("a store that fails stops no page, and takes what waited once it works again") {
  Running running;
  running.store.fail_commits(Error{"disk full"});
  running.loop->start();
  running.loop->post(AlertsPosted{{alert("Foo", running.clock.now())}});
  running.delivered.get_future().get();
  CHECK(running.records_at_delivery == 0);
  running.loop->ask([](const Engine&, TimePoint) { return true; });
  CHECK(running.loop->committer().store_fails());
  CHECK(running.noticed(NoticeKind::kStoreFailed));

  running.loop->ask([&](const Engine&, TimePoint) {
    running.store.fail_commits(std::nullopt);  // on the thread that owns the store
    return true;
  });
  running.loop->post(AlertsPosted{{alert("Bar", running.clock.now())}});
  running.settle();
  running.loop->stop();
  CHECK_FALSE(running.loop->committer().store_fails());
  CHECK(running.noticed(NoticeKind::kStoreRecovered));
  CHECK(running.stored_alerts() == 2);
}

TEST_CASE("a question sees every event that was posted before it, also after the end") {
  Running running;
  running.loop->start();
  running.loop->post(AlertsPosted{{alert("Foo", running.clock.now())}});
  const auto count = [](const Engine& engine, TimePoint now) { return engine.router().alerts(now).size(); };
  CHECK(running.loop->ask(count) == 1);
  running.loop->stop();
  CHECK(running.loop->ask(count) == 1);
}

TEST_CASE("in a storm, too, an answer is decided without anything else happening") {
  constexpr int kGroups = 2 * static_cast<int>(EventLine::kStorm);
  EngineConfig config = one_receiver();
  auto routing = std::make_shared<RoutingConfig>(*config.routing);
  routing->root.group_by_all = true;
  config.routing = routing;
  MemoryStore store;
  SystemClock clock;
  test::Counter delivered, notified;
  std::mutex mutex;
  std::string id;
  EventLoop::Outlets outlets{
      [](EvaluateGroup) {},
      [&](const Notification& notification, const std::shared_ptr<CommitGate>&) {
        const std::lock_guard lock(mutex);
        id = notification.id;
        delivered.add();
      },
      [&](std::span<const Notice> notices, TimePoint) {
        for (const Notice& notice : notices) {
          if (notice.kind == NoticeKind::kNotified) notified.add();
        }
      },
  };
  Step first;
  auto engine = Engine::start(config, {}, clock.now(), first);
  EventLoop loop(std::move(engine), std::move(first), store, clock, Duration(1h), std::move(outlets));
  loop.start();
  AlertsPosted posted;
  for (int i = 0; i < kGroups; ++i) posted.alerts.push_back(alert(std::to_string(i).c_str(), clock.now()));
  loop.post(std::move(posted));
  delivered.wait_for(kGroups);
  {
    const std::lock_guard lock(mutex);
    loop.post(DeliveryFinished{id, {DeliveryResult::Outcome::kDelivered, 200, "", "", {}, ""}});
  }
  notified.wait_for(1);
  loop.stop();
}

TEST_CASE("engine time never runs backwards and never stands still") {
  const TimePoint last(1'700'000'000s);
  CHECK(SystemClock::advance(last, 1s, last + 1s) == last + 1s);
  CHECK(SystemClock::advance(last, 1s, last + 1h) == last + 1h);
  CHECK(SystemClock::advance(last, 1s, last - 1h) == last + 500ms);
  CHECK(SystemClock::advance(last, Duration::zero(), last - 1h) == last);
}
