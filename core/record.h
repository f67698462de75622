// A Record is one durable fact: a bucket, a key and a value; no value means that the fact is gone. The engine
// asks for records to be written (effects) and is given all of them at the start; what a value means is known
// only to the folder that wrote it.
#pragma once

#include <optional>
#include <string>

namespace tocsin {

struct Record {
  std::string bucket;  // "instance", "alert", "group", "told", …
  std::string key;
  std::optional<std::string> value;  // JSON
  friend bool operator==(const Record&, const Record&) = default;
};

}  // namespace tocsin
