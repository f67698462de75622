#include "receivers/sns.h"

#include "core/letter_case.h"
#include "receivers/sha256.h"
#include "receivers/sigv4.h"
#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {
const std::string kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const std::string kKeys =
    "sigv4: {region: eu-central-1, access_key: AKIDEXAMPLE, secret_key: '" + kSecret + "'}";
const std::string kTopic = ", topic_arn: 'arn:aws:sns:eu-central-1:1:t'";
const std::string kRole = "sigv4: {region: eu-central-1, access_key: AKIDEXAMPLE, secret_key: '" + kSecret +
                          "', role_arn: 'arn:aws:iam::1:role/r', external_id: x}" + kTopic;

std::string header_of(const HttpRequest& request, const std::string& name) {
  for (const auto& [key, value] : request.headers) {
    if (lower_case(key) == name) return value;
  }
  return "";
}

std::string signature_of(const HttpRequest& request) {
  const std::string authorization = header_of(request, "authorization");
  return authorization.substr(authorization.find("Signature=") + 10);
}

Result<BuiltRequest> built_of(const std::string& more, const Notification& what) {
  const ReadReceiver team = read("sns_configs", "{" + kKeys + more + "}");
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  return build(team.only(), what, templates());
}

std::string parameter(const HttpRequest& request, const std::string& name) {
  const std::string form = "&" + request.body + "&";
  const std::size_t at = form.find("&" + name + "=");
  if (at == std::string::npos) return "(missing)";
  const std::size_t from = at + name.size() + 2;
  return form.substr(from, form.find('&', from) - from);
}

const std::string kAssumed =
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s+/"
    "</SecretAccessKey><SessionToken>tok==</SessionToken><Expiration>2026-01-02T03:19:05Z</Expiration>"
    "</Credentials></AssumeRoleResult></AssumeRoleResponse>";
}  // namespace

TEST_CASE("keyed hashes are those of RFC 4231") {
  CHECK(hex_digits(hmac_sha256_bytes("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex_digits(hmac_sha256_bytes(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hex_digits(hmac_sha256_bytes(std::string(131, '\xaa'),
                                     "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("signatures are those of AWS' published examples") {
  struct Row {
    std::string method, url, content_type, body, token, service, signature;
  };
  const std::string token =
      "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTf"
      "lfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HF"
      "vlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr"
      "4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
  const std::string example = "https://example.amazonaws.com";
  const std::vector<Row> rows = {
      {"GET", example + "/", "", "", "", "service",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"GET", example, "", "", "", "service",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"GET", example + "/?Param2=value2&Param1=value1", "", "", "", "service",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"POST", example + "/", "", "", "", "service",
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"POST", example + "/", "application/x-www-form-urlencoded", "Param1=value1", "", "service",
       "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
      {"POST", example + "/", "", "", token, "service",
       "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
      {"GET", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
       "application/x-www-form-urlencoded; charset=utf-8", "", "", "iam",
       "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"},
  };
  const TimePoint at = *parse_rfc3339("2015-08-30T12:36:00.9Z");
  for (const Row& row : rows) {
    CAPTURE(row.url);
    HttpRequest request;
    request.method = row.method;
    request.url = row.url;
    if (!row.content_type.empty()) request.headers.emplace_back("Content-Type", row.content_type);
    request.body = row.body;
    REQUIRE(
        sign_for_aws(request, {"AKIDEXAMPLE", kSecret, row.token, "us-east-1"}, row.service, at).has_value());
    CHECK(signature_of(request) == row.signature);
    CHECK(header_of(request, "x-amz-date") == "20150830T123600Z");
    CHECK(header_of(request, "authorization")
              .starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/" + row.service +
                           "/aws4_request, SignedHeaders="));
  }
  HttpRequest nowhere;
  nowhere.url = "no url";
  CHECK_FALSE(sign_for_aws(nowhere, {}, "sns", at).has_value());
}

TEST_CASE("a notification is published at SNS, signed as AWS' own tools sign it") {
  const HttpRequest request = http(built_of(kTopic + ", subject: s, message: m", many_alerts(1)));
  CHECK(request.method == "POST");
  CHECK(request.url == "https://sns.eu-central-1.amazonaws.com/");
  CHECK(request.body ==
        "Action=Publish&Message=m&Subject=s&TopicArn=arn%3Aaws%3Asns%3Aeu-central-1%3A1%3At&Version=2010-03-"
        "31");
  CHECK(header_of(request, "content-type") == "application/x-www-form-urlencoded");
  CHECK(header_of(request, "authorization") ==
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-central-1/sns/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=d1e6303c6131ff87d5fbea64f627ac821346d361819d3c2f31601ffe0ad630a8");
}

TEST_CASE("SNS' default wording is that of the default templates") {
  const HttpRequest firing = http(built_of(kTopic, sample()));
  CHECK(parameter(firing, "Subject") == "%5BFIRING%3A1%5D+Down+%28critical%29");
  CHECK(parameter(firing, "Message")
            .starts_with("It+is%0A%0AAlerts+Firing%3A%0ALabels%3A%0A+-+alertname+%3D+Down%0A"));
  const HttpRequest resolved_one = http(built_of(kTopic, all_resolved()));
  CHECK(parameter(resolved_one, "Subject") == "%5BRESOLVED%5D+Down+%28api%29");
}

TEST_CASE("SNS' targets, attributes and endpoint are templates") {
  const HttpRequest fifo = http(
      built_of(", topic_arn: 'arn:{{ .Status }}.fifo', attributes: {b: '{{ .Status }}', '{{ \"a\" }}': x, "
               "c: '{{ .CommonLabels.none }}'}, api_url: 'http://{{ .Status }}:4566/x'",
               many_alerts(1)));
  CHECK(fifo.url == "http://firing:4566/x/");
  CHECK(parameter(fifo, "TopicArn") == "arn%3Afiring.fifo");
  CHECK(parameter(fifo, "MessageGroupId") == sha256_hex("{}:{alertname=\"Down\"}"));
  CHECK(parameter(fifo, "MessageDeduplicationId") == sha256_hex("{}:{alertname=\"Down\"}"));
  CHECK(parameter(fifo, "MessageAttributes.entry.1.Name") == "a");
  CHECK(parameter(fifo, "MessageAttributes.entry.1.Value.DataType") == "String");
  CHECK(parameter(fifo, "MessageAttributes.entry.1.Value.StringValue") == "x");
  CHECK(parameter(fifo, "MessageAttributes.entry.2.Value.StringValue") == "firing");
  CHECK(parameter(fifo, "MessageAttributes.entry.3.Name") == "(missing)");
  CHECK(parameter(http(built_of(", phone_number: '+49'", many_alerts(1))), "PhoneNumber") == "%2B49");
  CHECK(parameter(http(built_of(", target_arn: 'arn:x'", many_alerts(1))), "TargetArn") == "arn%3Ax");
  CHECK_FALSE(built_of(", topic_arn: '{{ .CommonLabels.none }}'", many_alerts(1)).has_value());
}

TEST_CASE("an SNS message is cut at its bytes and not before, and says so in an attribute") {
  const auto size_of = [](const std::string& more, std::size_t length) {
    const HttpRequest request =
        http(built_of(more + ", subject: s, message: '" + std::string(length, 'm') + "'", many_alerts(1)));
    return std::pair(parameter(request, "Message").size(),
                     parameter(request, "MessageAttributes.entry.1.Name") == "truncated");
  };
  CHECK(size_of(kTopic, 262'144) == std::pair<std::size_t, bool>(262'144, false));
  // The attribute that says so counts as well.
  CHECK(size_of(kTopic, 262'145) == std::pair<std::size_t, bool>(262'144 - 19, true));
  CHECK(size_of(", phone_number: '1'", 1600) == std::pair<std::size_t, bool>(1600, false));
  CHECK(size_of(", phone_number: '1'", 1601) == std::pair<std::size_t, bool>(1600, true));
  const HttpRequest whole =
      http(built_of(", phone_number: '1', message: '" + std::string(1599, 'm') + "ä'", many_alerts(1)));
  CHECK(parameter(whole, "Message") == std::string(1599, 'm'));
}

TEST_CASE("an SNS subject stays on one line below 100 characters") {
  const auto subject_of = [](const std::string& text) {
    return parameter(http(built_of(kTopic + ", subject: \"" + text + "\"", many_alerts(1))), "Subject");
  };
  CHECK(subject_of(std::string(99, 's')) == std::string(99, 's'));
  CHECK(subject_of(std::string(100, 's')) == std::string(98, 's') + "%E2%80%A6");
  CHECK(subject_of("a\\nb") == "a+b");
  CHECK(subject_of("") == "(missing)");
}

TEST_CASE("a role is assumed first, and its keys are kept until they end") {
  const ReadReceiver team = read("sns_configs", "{" + kRole + ", subject: s, message: m}");
  CHECK(team.only().takes_several_requests());
  const HttpRequest assume = http(build(team.only(), many_alerts(1), templates()));
  CHECK(assume.url == "https://sts.eu-central-1.amazonaws.com/");
  CHECK(assume.body ==
        "Action=AssumeRole&DurationSeconds=900&ExternalId=x&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&"
        "RoleSessionName=tocsin&Version=2011-06-15");
  CHECK(signature_of(assume) == "0a265d1031b8130876904f108c454f178981e8f94f58c9d8532bebc1c755f0c1");
  const NextStep step = next(team.only(), many_alerts(1), {answer(200, kAssumed)});
  const HttpRequest publish = http(step);
  CHECK(publish.url == "https://sns.eu-central-1.amazonaws.com/");
  CHECK(header_of(publish, "x-amz-security-token") == "tok==");
  CHECK(header_of(publish, "authorization").find("Credential=ASIA/") != std::string::npos);
  const auto& keep = std::get<BuiltRequest>(step).keep;
  REQUIRE(keep.has_value());
  CHECK(keep->until == kNow + std::chrono::minutes(14));
  CHECK(result(next(team.only(), many_alerts(1), {answer(200, kAssumed), answer(200)})).outcome ==
        Outcome::kDelivered);

  const OutboundAnswer expired = answer(
      403, "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>old</Message></Error></ErrorResponse>");
  CHECK(result(next(team.only(), many_alerts(1), {answer(200)}, keep->text)).outcome == Outcome::kDelivered);
  const NextStep again = next(team.only(), many_alerts(1), {expired}, keep->text);
  CHECK(http(again).url == "https://sts.eu-central-1.amazonaws.com/");
  CHECK(std::get<BuiltRequest>(again).keep->text.empty());
  CHECK(header_of(http(next(team.only(), many_alerts(1), {expired, answer(200, kAssumed)}, keep->text)),
                  "x-amz-security-token") == "tok==");
  CHECK(result(next(team.only(), many_alerts(1), {expired, answer(200, kAssumed), expired}, keep->text))
            .outcome == Outcome::kRejected);
}

TEST_CASE("a role that cannot be assumed says so, and nothing is published") {
  const ReadReceiver team = read("sns_configs", "{" + kRole + "}");
  const DeliveryResult denied =
      result(next(team.only(), many_alerts(1),
                  {answer(403,
                          "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no &amp; "
                          "no</Message></Error></ErrorResponse>")}));
  CHECK(denied.outcome == Outcome::kRejected);
  CHECK(denied.message == "the role could not be assumed: HTTP 403: AccessDenied: no & no");
  CHECK(result(next(team.only(), many_alerts(1), {answer(503)})).outcome == Outcome::kFailed);
  CHECK(result(next(team.only(), many_alerts(1), {answer(200, "<html>")})).outcome == Outcome::kFailed);
}

TEST_CASE("without keys in the configuration SNS takes those of the environment or the profile") {
  const ReadReceiver team =
      read("sns_configs", "{sigv4: {profile: ops}, topic_arn: t, message: m, subject: s}");
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  CHECK(team.problems.to_string().find("sigv4.region is not set") != std::string::npos);
  const NotificationTemplates with = templates();
  BuildContext context{with, "http://tocsin:9093", kNow, read_secret_text};
  CHECK(team.only().build(many_alerts(1), context).error().message.find("set sigv4.access_key") !=
        std::string::npos);
  context.aws_identity = [](const std::string& profile) -> Result<AwsIdentity> {
    return AwsIdentity{"KEY-" + profile, "s", "tok", "us-gov-east-1"};
  };
  const HttpRequest request = http(team.only().build(many_alerts(1), context));
  CHECK(request.url == "https://sns.us-gov-east-1.amazonaws.com/");
  CHECK(header_of(request, "authorization").find("Credential=KEY-ops/") != std::string::npos);
  CHECK(header_of(request, "x-amz-security-token") == "tok");
  context.aws_identity = [](const std::string&) -> Result<AwsIdentity> { return fail("no keys"); };
  CHECK(team.only().build(many_alerts(1), context).error().message == "no keys");
}

TEST_CASE("what an SNS config cannot be is said with its place") {
  check_loading(
      "sns_configs",
      {{"{" + kKeys + "}", "{}", "needs one of topic_arn, target_arn and phone_number"},
       {"{" + kKeys + kTopic + ", phone_number: '1'}", "{}", "can have only one of"},
       {"{" + kKeys + kTopic + ", phone_number: '1', target_arn: a}", "{}", "can have only one of"},
       {"{sigv4: {region: r, access_key: a}" + kTopic + "}", "{}", "must be set together"},
       {"{sigv4: {region: r, secret_key: a}" + kTopic + "}", "{}", "must be set together"},
       {"{sigv4: {region: r, external_id: a}" + kTopic + "}", "{}", "only be used with role_arn"},
       {"{sigv4: {region: r, role: a}" + kTopic + "}", "{}", "role"},
       {"{" + kKeys + kTopic + ", attributes: [a]}", "{}", "attributes must be a mapping"},
       {"{" + kKeys + kTopic + ", topic: a}", "{}", "topic"},
       {"~", "{}", "missing sns config"}});
  const ReadReceiver full =
      read("sns_configs",
           "{sigv4: {region: r, use_fips_sts_endpoint: true, service_name: s}, use_aws_http_client: true" +
               kTopic + "}");
  CHECK_MESSAGE(full.problems.empty(), full.problems.to_string());
}

TEST_CASE("SNS' answers mean what they do everywhere, and throttling is seen where it is said") {
  const ReadReceiver team = read("sns_configs", "{" + kKeys + kTopic + "}");
  const OutboundAnswer accepted = answer(
      200, "<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>");
  check_common_answers(team.only(), accepted);
  CHECK(team.only().read(many_alerts(1), accepted).message_ref == "m-1");
  const DeliveryResult throttled =
      team.only().read(many_alerts(1), answer(400,
                                              "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate "
                                              "exceeded</Message></Error></ErrorResponse>"));
  CHECK(throttled.outcome == Outcome::kFailed);
  CHECK(throttled.reason == "rateLimited");
  CHECK(throttled.message == "HTTP 400: Throttling: Rate exceeded");
}

}  // namespace tocsin
