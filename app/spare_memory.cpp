#include "app/spare_memory.h"

#include <atomic>

#ifdef TOCSIN_MIMALLOC
#include <mimalloc.h>
// Only the program is linked with it, its tests are not.
#pragma weak mi_option_set
#pragma weak mi_collect
#endif

namespace tocsin {
namespace {

#ifdef TOCSIN_MIMALLOC
// How long mimalloc keeps what is freed: longer than the pauses within a burst.
constexpr long kKeepMilliseconds = 1000;

void keep_for(long milliseconds) {
  static std::atomic<long> last = -1;
  if (mi_option_set == nullptr || last.load(std::memory_order_relaxed) == milliseconds) return;
  last = milliseconds;
  mi_option_set(mi_option_decommit_delay, milliseconds);
}
#endif

}  // namespace

#ifdef TOCSIN_MIMALLOC
void keep_spare_memory() {
  keep_for(kKeepMilliseconds);
}

void give_back_spare_memory() {
  keep_for(0);
  if (mi_collect != nullptr) mi_collect(true);
}
#else
void keep_spare_memory() {}
void give_back_spare_memory() {}
#endif

}  // namespace tocsin
