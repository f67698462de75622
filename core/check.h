// TOCSIN_CHECK(condition, "what must hold"): a broken invariant ends the program loudly, with file and line;
// the durable state is always at a committed step, so a restart goes on from there. Never for user input:
// that is a Result.
#pragma once

#include <cstdio>
#include <cstdlib>

#define TOCSIN_CHECK(condition, ...)                                                           \
  do {                                                                                         \
    if (!(condition)) {                                                                        \
      std::fprintf(stderr, "%s:%d: broken invariant: %s %s\n", __FILE__, __LINE__, #condition, \
                   "" __VA_ARGS__);                                                            \
      std::abort();                                                                            \
    }                                                                                          \
  } while (false)
