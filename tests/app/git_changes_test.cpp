#include "app/git_changes.h"

#include <doctest/doctest.h>

#include "app/subprocess.h"

using namespace tocsin;

namespace {

std::string told(std::string_view diff) {
  const auto changed = read_git_diff(diff);
  if (!changed) return changed.error().message;
  std::string out;
  for (const auto& [file, ranges] : *changed) {
    out += file + ":";
    for (const auto& [first, last] : ranges) out += " " + std::to_string(first) + "-" + std::to_string(last);
    out += "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("a diff says which lines are new, and where lines went away") {
  CHECK(told("diff --git a/r.yml b/r.yml\nindex 1..2 100644\n--- a/r.yml\n+++ b/r.yml\n"
             "@@ -3 +3 @@ groups:\n-a\n+b\n@@ -7,2 +7,0 @@\n-c\n-d\n@@ -20,0 +19,3 @@\n+x\n+y\n+z\n"
             "diff --git a/n.yml b/n.yml\nnew file mode 100644\n--- /dev/null\n+++ b/n.yml\n@@ -0,0 +1,2 "
             "@@\n+a\n+b\n"
             "\\ No newline at end of file\n"
             "diff --git a/gone.yml b/gone.yml\n--- a/gone.yml\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n") ==
        "n.yml: 1-2\nr.yml: 3-3 7-7 19-21\n");
}

TEST_CASE("lines of a file that look like lines of a diff are none") {
  CHECK(told("diff --git a/r.yml b/r.yml\n--- a/r.yml\n+++ b/r.yml\n"
             "@@ -1,2 +1,2 @@\n--- a/evil.yml\n-@@ -1 +1 @@\n+++ b/evil.yml\n+@@ -9 +9 @@\n") ==
        "r.yml: 1-2\n");
}

TEST_CASE("file names that git quotes are read") {
  CHECK(told("+++ \"b/a\\\"b\\\\c\\303\\244\\t.yml\"\n@@ -1 +1 @@\n-a\n+b\n") ==
        "a\"b\\c\xc3\xa4\t.yml: 1-1\n");
  CHECK(told("+++ b/with blank.yml\t\n@@ -1 +1 @@\n-a\n+b\n") == "with blank.yml: 1-1\n");
}

TEST_CASE("what is not understood is said, not skipped") {
  CHECK(told("+++ b/a.yml\n@@ -1 +x @@\n").starts_with("git's diff is not understood"));
  CHECK(told("+++ \"b/a.yml\n").starts_with("git's diff names a file"));
  CHECK(told("") == "");
}

TEST_CASE("a program is run without a shell, and its output, complaint and exit code are taken") {
  const auto finish = run_program({"printf", "%s|%s", "a b", "$HOME;`x`"});
  REQUIRE(finish.has_value());
  CHECK(finish->out == "a b|$HOME;`x`");
  CHECK(finish->exit_code == 0);
  const auto bad = run_program({"ls", "--no-such-option"});
  REQUIRE(bad.has_value());
  CHECK(bad->exit_code != 0);
  CHECK(bad->err != "");
  CHECK_FALSE(run_program({"no-such-program-anywhere"}).has_value());
}

TEST_CASE("a program that says more than a pipe holds, on both ends, is read to its end") {
  const auto finish = run_program({"sh", "-c", "seq 100000; seq 100000 >&2; exit 3"});
  REQUIRE(finish.has_value());
  CHECK(finish->out.size() == 588895);
  CHECK(finish->err.size() == 588895);
  CHECK(finish->exit_code == 3);
}
