#include "app/file_blocks.h"

#include <doctest/doctest.h>

using namespace tocsin;

namespace {

std::string at(const FileBlocks& blocks, int line) {
  const FileBlock* block = blocks.at(line);
  if (block == nullptr) return "-";
  std::string out = block->name;
  for (const auto& [first, last] : block->own)
    out += " " + std::to_string(first) + "-" + std::to_string(last);
  return out;
}

}  // namespace

TEST_CASE("rules and groups are blocks; comments above belong to them, blank lines behind do not") {
  const FileBlocks blocks(
      "groups:\n"         // 1
      "- name: g\n"       // 2
      "  interval: 1m\n"  // 3
      "  rules:\n"        // 4
      "  # why\n"         // 5
      "  - alert: A\n"    // 6
      "    expr: |\n"     // 7
      "      up == 0\n"   // 8
      "\n"                // 9
      "  - record: r\n"   // 10
      "    expr: up\n"    // 11
      "- name: h\n"       // 12
      "  rules: []\n");   // 13
  CHECK(at(blocks, 2) == "g 2-4 9-9");
  CHECK(at(blocks, 5) == "A 5-8");
  CHECK(at(blocks, 8) == "A 5-8");
  CHECK(at(blocks, 9) == "g 2-4 9-9");
  CHECK(at(blocks, 11) == "r 10-11");
  CHECK(at(blocks, 13) == "h 12-13");
  CHECK(at(blocks, 14) == "-");
}

TEST_CASE("routes and receivers of a configuration are blocks, too") {
  const FileBlocks blocks(
      "route:\n"                       // 1
      "  receiver: a\n"                // 2
      "  routes:\n"                    // 3
      "  - receiver: b\n"              // 4
      "    matchers: [x=y]\n"          // 5
      "    routes: [{receiver: c}]\n"  // 6
      "receivers:\n"                   // 7
      "- name: a\n");                  // 8
  CHECK(at(blocks, 2) == "route 1-3");
  CHECK(at(blocks, 5) == "b 4-5");
  CHECK(at(blocks, 6) == "c 6-6");
  CHECK(at(blocks, 8) == "a 8-8");
}

TEST_CASE("statements of a Prometheus 1.x rule file are blocks") {
  const FileBlocks blocks("ALERT A\n  IF up == 0\n  FOR 5m\n\nr = up\n");
  CHECK(at(blocks, 3) == "A 1-3");
  CHECK(at(blocks, 5) == "r 5-5");
}

TEST_CASE("what cannot be read has no blocks, and merged values belong where they are written") {
  CHECK(FileBlocks("a: [\n").at(1) == nullptr);
  CHECK(FileBlocks("").at(1) == nullptr);
  const FileBlocks blocks("groups:\n- &x\n  name: a\n- <<: *x\n  name: b\n");
  CHECK(at(blocks, 3) == "a 2-3");
  CHECK(at(blocks, 5) == "b 4-5");
}
