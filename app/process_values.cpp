#include "app/process_values.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace tocsin {
namespace {

using Type = MetricValues::Type;

void add(std::vector<MetricValues>& out, const char* name, const char* help, double value,
         Type type = Type::kGauge) {
  out.push_back({name, help, type, {{{}, value}}});
}

// Seconds since 1970 at which the machine was started; 0 where it cannot be read.
double boot_time() {
  std::ifstream file("/proc/stat");
  std::string word;
  while (file >> word) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
    std::getline(file, word);
  }
  return 0;
}

// The fields of proc(5) /proc/PID/stat from the third on: the second, the program's name, may hold blanks and
// parentheses.
std::vector<double> stat_fields() {
  std::ifstream file("/proc/self/stat");
  std::stringstream all;
  all << file.rdbuf();
  const std::string text = all.str();
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(text.substr(name_end + 1));
  std::string state;
  rest >> state;
  std::vector<double> fields = {0};
  for (double field = 0; rest >> field;) fields.push_back(field);
  return fields;
}

void add_stat(std::vector<MetricValues>& out) {
  const std::vector<double> fields = stat_fields();
  const auto field = [&](std::size_t number) { return fields[number - 3]; };  // as proc(5) counts
  if (fields.size() < 22) return;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  add(out, "process_cpu_seconds_total", "Processor time used, in user and in system mode.",
      (field(14) + field(15)) / ticks, Type::kCounter);
  add(out, "process_virtual_memory_bytes", "Size of the virtual memory.", field(23));
  add(out, "process_resident_memory_bytes", "Size of the memory that is present.", field(24) * page);
  if (const double boot = boot_time(); boot > 0) {
    add(out, "process_start_time_seconds", "When the process was started, in seconds since 1970.",
        boot + field(22) / ticks);
  }
}

void add_files(std::vector<MetricValues>& out) {
  std::error_code error;
  double open = 0;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
       entry.increment(error)) {
    ++open;
  }
  // The one that reads the folder does not count.
  if (!error && open > 0) add(out, "process_open_fds", "Open file descriptors.", open - 1);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    add(out, "process_max_fds", "How many file descriptors may be open.",
        static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace

std::vector<MetricValues> process_values() {
  std::vector<MetricValues> values;
  add_stat(values);
  add_files(values);
  return values;
}

}  // namespace tocsin
