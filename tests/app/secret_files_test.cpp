#include "app/secret_files.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/app/shell_support.h"

using namespace tocsin;

TEST_CASE("a secret is its text or what its file holds now, without white space around it") {
  const test::Folder folder;
  CHECK(reveal({"text", ""}).value() == "text");
  CHECK(reveal({}).value() == "");
  const std::string path = folder.write("secret", "\n one two\r\n");
  CHECK(reveal({"", path}).value() == "one two");
  folder.write("secret", "new");
  CHECK(reveal({"", path}).value() == "new");
  folder.write("secret", " \n");
  CHECK(reveal({"", path}).value() == "");
  CHECK(read_small_file(path).value() == " \n");
}

TEST_CASE("a file that cannot be read is named with the reason, and nothing hangs") {
  const test::Folder folder;
  CHECK(read_secret_file(folder.path() + "/none").error().message ==
        "cannot read " + folder.path() + "/none: No such file or directory");
  CHECK(read_secret_file(folder.path()).error().message ==
        "cannot read " + folder.path() + ": not a regular file");
  const std::string pipe = folder.path() + "/pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(read_secret_file(pipe).error().message == "cannot read " + pipe + ": not a regular file");
  const std::string big = folder.write("big", std::string((std::size_t{16} << 20) + 1, 'x'));
  CHECK(read_small_file(big).error().message == "cannot read " + big + ": larger than 16 MiB");
}
