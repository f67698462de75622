#include "app/random_id.h"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace tocsin {

std::string random_uuid() {
  return boost::uuids::to_string(boost::uuids::random_generator()());
}

}  // namespace tocsin
