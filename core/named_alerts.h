// Which alerts a notification named, as one text that the history keeps: "+FINGERPRINT" says that it fires,
// "-FINGERPRINT" that it has ended. A notification about very many names the first thousand, and the number
// of the others: the text stays short in a storm.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin {

class NamedAlerts {
 public:
  static constexpr std::size_t kMostNamed = 1000;

  enum class Said { kFiring, kResolved };
  void add(std::string_view fingerprint, Said);
  // Whether further ones are only counted, so that their names need not be made.
  bool full() const { return named_ == kMostNamed; }
  void count_one() { ++unnamed_; }
  // "+a1 -b2 and 12 more"
  std::string take();

 private:
  std::string text_;
  std::size_t named_ = 0;
  std::size_t unnamed_ = 0;
};

// What such a text says about one alert; nothing where it does not name it.
std::optional<NamedAlerts::Said> said_about(std::string_view named_alerts, std::string_view fingerprint);
// How many it counts without naming them.
std::size_t unnamed_in(std::string_view named_alerts);

}  // namespace tocsin
