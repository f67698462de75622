// Result<T>: what may fail as part of normal work (bad input, a peer that answers badly).
// Broken invariants are not results: they are TOCSIN_CHECKs (core/check.h). Library exceptions stop in the
// file that includes the library.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace tocsin {

// A failure in the reader's words: what is wrong and, where there is one, the way out. Never holds a secret.
struct Error {
  std::string message;
  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = tl::expected<T, Error>;

// return fail("unknown unit \"q\" in duration \"5q\"");
inline tl::unexpected<Error> fail(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message)});
}

}  // namespace tocsin
