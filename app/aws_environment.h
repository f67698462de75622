// The AWS identity that a machine's environment gives: the usual variables, or a profile of AWS' shared files
// (~/.aws/credentials and ~/.aws/config). Read at each use, so that rotated keys are taken without a reload.
// Not the keys of instance or container roles: those are asked of a metadata service.
#pragma once

#include <functional>
#include <string>

#include "core/result.h"
#include "receivers/aws_identity.h"

namespace tocsin {

// Where variables and files come from: the process's own, or a test's.
struct AwsSources {
  std::function<std::string(const std::string& name)> variable;  // empty where it is not set
  std::function<Result<std::string>(const std::string& path)> file;
};

// A profile named in the configuration wins over the variables, as in AWS' own tools. Fails in words that say
// where was looked.
Result<AwsIdentity> find_aws_identity(const std::string& profile, const AwsSources&);

// Of this process.
Result<AwsIdentity> aws_identity_of_environment(const std::string& profile);

}  // namespace tocsin
