// FNV-1a with a seed: for names and jitter that must come out the same in every run. Not for keys that an
// attacker chooses.
#pragma once

#include <cstdint>
#include <string_view>

namespace tocsin {

inline std::uint64_t stable_hash(std::string_view text, std::uint64_t seed = 0) {
  std::uint64_t hash = 14695981039346656037ULL ^ (seed * 0x9E3779B97F4A7C15ULL);
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  // FNV alone leaves the high bits of short, similar texts alike; this spreads them (the finish of
  // SplitMix64).
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBULL;
  return hash ^ (hash >> 31);
}

}  // namespace tocsin
