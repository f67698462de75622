// What a loader takes, learned from the loader itself: it is run over samples (yaml_sample.h) whose nodes
// tell a YamlShape how they are read. So the schema that editors get (`tocsin schema`) cannot say anything
// else than what loading does.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin {

struct YamlShape {
  // How a value was read; several where a loader takes several kinds.
  enum Use : unsigned {
    kText = 1,
    kBoolean = 2,
    kInteger = 4,
    kReal = 8,
    kPrometheusDuration = 16,
    kGoDuration = 32,
    kList = 64,
    kMap = 128,     // of names that the user chooses
    kObject = 256,  // of names that the loader asks for
    kAnything = 512,
  };
  unsigned uses = 0;   // as a YamlObject reads it
  unsigned looks = 0;  // as its node was asked; that counts only where no YamlObject read it
  unsigned kinds() const { return is_value || uses == 0 ? uses | looks : uses; }
  bool is_value = false;           // of a map: no YamlObject asks for it by name
  std::string what;                // of an object: what messages call it
  bool closed = false;             // of an object: any further key is a mistake
  std::vector<std::string> words;  // of a text: what it may be; empty: anything
  std::vector<std::pair<std::string, std::unique_ptr<YamlShape>>>
      keys;  // of an object, as they were asked for
  const YamlShape* parent = nullptr;

  YamlShape& key(std::string_view name);
  YamlShape& item();   // of a list
  YamlShape& value();  // of a map
  const YamlShape* item_if_known() const { return item_.get(); }
  const YamlShape* value_if_known() const { return value_.get(); }
  void read_as_object(std::string_view name);
  // The shape further up (no map) that this one repeats, as a route's routes do; null where there is none.
  const YamlShape* repeats() const;

 private:
  std::unique_ptr<YamlShape> make() const;
  std::unique_ptr<YamlShape> item_;
  std::unique_ptr<YamlShape> value_;
};

}  // namespace tocsin
