// Memory that the program has freed and its allocator still holds, for the next time. In a burst it is kept:
// to give each piece back at once, and to ask for it again, costs a third of the burst's time. In a quiet
// moment it is given back.
#pragma once

#include <chrono>
#include <cstddef>

namespace tocsin {

// A thread that has had nothing to do for so long gives back what it holds.
inline constexpr std::chrono::milliseconds kQuietForSpareMemory{300};

// At the start of the program: what is freed is given back at once, until somebody wants it kept.
void keep_no_spare_memory();
// From any thread; costs nothing where it is so already.
void keep_spare_memory();
// From any thread: what any thread frees from now on is given back at once, and what the calling one has
// freed before. Takes some milliseconds after a peak.
void give_back_spare_memory();

// For a command that is over soon: so much of the memory that it is going to take comes in large pages, where
// the system has them. To ask for a page costs several microseconds on some machines, whatever its size. What
// is not used of it is no memory. Before other threads run.
void take_large_pages(std::size_t bytes);

}  // namespace tocsin
