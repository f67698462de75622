#include "app/aws_environment.h"

#include <doctest/doctest.h>

#include <map>

using namespace tocsin;

namespace {

struct Machine {
  std::map<std::string, std::string> variables = {{"HOME", "/home/t"}};
  std::map<std::string, std::string> files;
  Result<AwsIdentity> find(const std::string& profile) const {
    return find_aws_identity(profile, {[this](const std::string& name) {
                                         const auto found = variables.find(name);
                                         return found == variables.end() ? "" : found->second;
                                       },
                                       [this](const std::string& path) -> Result<std::string> {
                                         const auto found = files.find(path);
                                         if (found == files.end()) return fail("cannot read " + path);
                                         return found->second;
                                       }});
  }
};

const std::string kCredentials =
    "# mine\n[default]\naws_access_key_id = A\naws_secret_access_key=B\n\n[ops]\naws_access_key_id=C\n"
    "aws_secret_access_key = D\naws_session_token = E=\n";

}  // namespace

TEST_CASE("AWS keys come from the variables, unless a profile is named") {
  Machine machine;
  machine.variables["AWS_ACCESS_KEY_ID"] = "V";
  machine.variables["AWS_SECRET_ACCESS_KEY"] = "W";
  machine.variables["AWS_SESSION_TOKEN"] = "X";
  machine.variables["AWS_DEFAULT_REGION"] = "eu-west-1";
  machine.files["/home/t/.aws/credentials"] = kCredentials;
  const auto own = machine.find("");
  REQUIRE(own.has_value());
  CHECK(own->access_key == "V");
  CHECK(own->secret_key == "W");
  CHECK(own->session_token == "X");
  CHECK(own->region == "eu-west-1");
  const auto ops = machine.find("ops");
  REQUIRE(ops.has_value());
  CHECK(ops->access_key == "C");
  CHECK(ops->secret_key == "D");
  CHECK(ops->session_token == "E=");
}

TEST_CASE("AWS keys and the region come from the shared files") {
  Machine machine;
  machine.files["/home/t/.aws/credentials"] = kCredentials;
  machine.files["/home/t/.aws/config"] =
      "[default]\nregion = eu-central-1\ns3 =\n  region = nested\n[profile ops]\nregion=us-east-2\n"
      "aws_access_key_id=Z\n";
  CHECK(machine.find("")->access_key == "A");
  CHECK(machine.find("")->region == "eu-central-1");
  CHECK(machine.find("ops")->access_key == "C");
  CHECK(machine.find("ops")->region == "us-east-2");
  machine.variables["AWS_PROFILE"] = "ops";
  CHECK(machine.find("")->secret_key == "D");
  machine.variables["AWS_SHARED_CREDENTIALS_FILE"] = "/elsewhere";
  machine.files["/elsewhere"] = "[ops]\naws_access_key_id=1\naws_secret_access_key=2\n";
  CHECK(machine.find("")->access_key == "1");
}

TEST_CASE("where no AWS keys are it is said where was looked") {
  const auto none = Machine().find("");
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().message.find("/home/t/.aws/credentials") != std::string::npos);
  CHECK(none.error().message.find("AWS_ACCESS_KEY_ID") != std::string::npos);
  CHECK(none.error().message.find("set sigv4.access_key") != std::string::npos);
}
