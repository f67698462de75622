// AWS Signature Version 4: what a request to AWS carries so that it is known whose it is. Pure: keys and time
// are given. For services whose paths are plain (not S3).
#pragma once

#include <string>

#include "core/outbound.h"
#include "core/result.h"
#include "receivers/aws_identity.h"

namespace tocsin {

// Adds X-Amz-Date, X-Amz-Security-Token (temporary keys only) and Authorization. The signature covers the
// method, the URL, the body, and every header that the request has by then. Fails where the URL cannot be
// read.
Result<void> sign_for_aws(HttpRequest&, const AwsIdentity&, const std::string& service, TimePoint now);

}  // namespace tocsin
