// Reads the sources and fails on any include arrow that the table below does not have, and on clocks, threads, locks, files, environment and chance
// outside app/. Runs in the repository's root.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"core", {"core"}},
    {"rules", {"rules", "core"}},
    {"evaluator", {"evaluator", "rules", "core"}},
    {"router", {"router", "core"}},
    {"receivers", {"receivers", "core"}},
    {"app", {"app", "evaluator", "router", "receivers", "rules", "core"}},
};

struct Ban {
  const char* pattern;
  const char* what;
};
constexpr Ban kOutsideApp[] = {
    {R"(#include <(thread|mutex|shared_mutex|condition_variable|future|semaphore|stop_token)>)", "threads and locks"},
    {R"(#include <(fstream|filesystem|sys/socket\.h|unistd\.h|fcntl\.h)>)", "files and sockets"},
    {R"(#include <random>)", "chance"},
    {R"(\b(system_clock|steady_clock|high_resolution_clock)::now\b)", "clocks"},
    {R"(\b(getenv|time\(nullptr\)|time\(NULL\)|gettimeofday|clock_gettime|usleep|sleep_for)\b)", "clock, environment or sleep"},
    {R"(\bstd::(thread|mutex|rand|random_device|ifstream|ofstream)\b)", "threads, chance or files"},
};

// A heavy library stays behind the files that are named for it.
struct Home {
  const char* header;
  std::set<std::string> files;  // prefixes of paths
};
const std::vector<Home> kHomes = {
    {R"(yaml-cpp/)", {"core/yaml"}},
    {R"(sqlite3\.h)", {"app/sqlite_"}},
    {R"(httplib\.h)", {"app/http_"}},
    {R"(CLI/)", {"app/options"}},
    {R"(spdlog/)", {"app/log"}},
    {R"(prometheus/)", {"app/metrics"}},
    {R"(curl/)", {"app/curl_", "app/oauth2_tokens", "app/proxy_choice", "app/http_answer_reader"}},
    {R"(date/)", {"core/"}},
    {R"(openssl/)", {"app/tls_server", "app/jwt_assertion"}},
    {R"(crypt\.h)", {"app/password_hash"}},
    {R"(snappy\.h)", {"app/store_batch"}},
    {R"(mimalloc\.h)", {"app/spare_memory", "app/main"}},
};

// Compiled once: there are many lines.
template <class Row>
std::vector<std::pair<const Row*, std::regex>> compiled(std::span<const Row> rows, std::string (*pattern)(const Row&)) {
  std::vector<std::pair<const Row*, std::regex>> all;
  for (const Row& row : rows) all.emplace_back(&row, std::regex(pattern(row)));
  return all;
}

struct Line {
  std::string file;
  int number;
  std::string text;
};

std::vector<Line> lines_of(const std::string& folder) {
  std::vector<Line> lines;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension();
    if (extension != ".cpp" && extension != ".h") continue;
    std::ifstream in(entry.path());
    std::string text;
    for (int number = 1; std::getline(in, text); ++number) lines.push_back({entry.path().string(), number, text});
  }
  return lines;
}

}  // namespace

TEST_CASE("folders include only those below them") {
  const std::regex include(R"re(^\s*#include "([a-z_]+)/)re");
  std::size_t seen = 0;
  for (const auto& [folder, allowed] : kMayInclude) {
    REQUIRE(fs::is_directory(folder));
    for (const Line& line : lines_of(folder)) {
      std::smatch match;
      if (!std::regex_search(line.text, match, include)) continue;
      ++seen;
      const std::string target = match[1];
      if (kMayInclude.contains(target) && !allowed.contains(target)) {
        FAIL_CHECK(line.file << ":" << line.number << ": " << folder << " must not include " << target);
      }
    }
  }
  CHECK(seen > 50);
}

TEST_CASE("outside app there is no clock, thread, lock, file, environment or chance") {
  const auto bans = compiled<Ban>(kOutsideApp, [](const Ban& ban) { return std::string(ban.pattern); });
  for (const auto& [folder, allowed] : kMayInclude) {
    if (folder == "app") continue;
    for (const Line& line : lines_of(folder)) {
      for (const auto& [ban, pattern] : bans) {
        if (std::regex_search(line.text, pattern)) {
          FAIL_CHECK(line.file << ":" << line.number << ": " << ban->what << " belong to app/: " << line.text);
        }
      }
    }
  }
}

TEST_CASE("each heavy library stays behind its file") {
  const auto homes = compiled<Home>(kHomes, [](const Home& home) { return std::string("#include <") + home.header; });
  for (const auto& [folder, allowed] : kMayInclude) {
    for (const Line& line : lines_of(folder)) {
      if (!line.text.starts_with("#include <")) continue;
      for (const auto& [home, pattern] : homes) {
        if (!std::regex_search(line.text, pattern)) continue;
        bool at_home = false;
        for (const std::string& prefix : home->files) at_home = at_home || line.file.starts_with(prefix);
        if (!at_home) FAIL_CHECK(line.file << ":" << line.number << ": " << line.text);
      }
    }
  }
}

TEST_CASE("headers are guarded and nobody opens the standard namespace") {
  for (const auto& [folder, allowed] : kMayInclude) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".h") continue;
      std::ifstream in(entry.path());
      const std::string text((std::istreambuf_iterator<char>(in)), {});
      INFO(entry.path().string());
      CHECK(text.find("#pragma once") != std::string::npos);
      CHECK(text.find("using namespace") == std::string::npos);
      CHECK(text.starts_with("// "));
    }
  }
}
