#include "app/spare_memory.h"

#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>

#ifdef TOCSIN_MIMALLOC
#include <mimalloc.h>
#include <sys/mman.h>

#include <cstdint>
// Only the program is linked with it, its tests are not.
#pragma weak mi_option_set
#pragma weak mi_collect
#pragma weak mi_manage_os_memory
#endif

namespace tocsin {
namespace {

#ifdef TOCSIN_MIMALLOC
// How long mimalloc keeps what is freed: longer than the pauses within a burst, and over when a thread is
// quiet.
constexpr long kKeepMilliseconds = 150;

void keep_for(long milliseconds) {
  static std::atomic<long> last = -1;
  if (mi_option_set == nullptr || last.load(std::memory_order_relaxed) == milliseconds) return;
  last = milliseconds;
  mi_option_set(mi_option_decommit_delay, milliseconds);
}
#endif

}  // namespace

#ifdef TOCSIN_MIMALLOC
void keep_no_spare_memory() {
  if (mi_option_set == nullptr) return;
  keep_for(0);
  mi_option_set(mi_option_decommit_extend_delay, 0);
  mi_option_set(mi_option_segment_decommit_delay, 0);
}

void keep_spare_memory() {
  keep_for(kKeepMilliseconds);
}

// What was freed while it was to be kept is given back with the next large piece that is freed beside it,
// once its time is over: so some are freed here. mi_collect(true) would do more, but in this version of
// mimalloc it may unmap what another thread is looking at (src/segment-cache.c, _mi_segment_cache_free_all,
// does not await readers).
void give_back_spare_memory() {
  constexpr std::size_t kPieces = 4, kBytes = std::size_t{200} << 10;
  static std::mutex one_at_a_time;
  if (mi_collect == nullptr) return;
  const std::lock_guard lock(one_at_a_time);
  keep_for(kKeepMilliseconds);
  std::array<void*, kPieces> pieces;
  for (void*& piece : pieces) piece = std::malloc(kBytes);
  for (void* piece : pieces) std::free(piece);
  keep_for(0);
  mi_collect(false);
}

void take_large_pages(std::size_t bytes) {
  // mimalloc hands out memory in segments of this size, which begin at multiples of it.
  constexpr std::size_t kSegment = std::size_t{32} << 20;
  if (mi_manage_os_memory == nullptr) return;
  void* const taken = mmap(nullptr, bytes + kSegment, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (taken == MAP_FAILED) return;
  const auto begin = (reinterpret_cast<std::uintptr_t>(taken) + kSegment - 1) & ~(kSegment - 1);
  void* const aligned = reinterpret_cast<void*>(begin);
  if (madvise(aligned, bytes, MADV_HUGEPAGE) == 0)
    (void)mi_manage_os_memory(aligned, bytes, true, false, true, -1);
}
#else
void keep_no_spare_memory() {}
void keep_spare_memory() {}
void take_large_pages(std::size_t) {}
void give_back_spare_memory() {}
#endif

}  // namespace tocsin
