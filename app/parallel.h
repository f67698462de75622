// Work on many things at once, as many as there are processors. For commands and reloads, whose caller waits
// for all of it anyway.
#pragma once

#include <cstddef>
#include <functional>

namespace tocsin {

// Calls work(0) … work(count - 1), on this thread and others, and returns when all are done. What one of them
// throws is thrown here.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work);
// The same with so many at once, for work that waits for somebody else.
void in_parallel(std::size_t count, std::size_t at_once, const std::function<void(std::size_t)>& work);

}  // namespace tocsin
