#include "app/silence_wish.h"

#include <fmt/format.h>

#include "app/duration_argument.h"
#include "app/matcher_arguments.h"
#include "core/duration.h"
#include "core/json.h"

namespace tocsin {
namespace {

// Reads one argument after the other and keeps what is wrong.
class WishReader {
 public:
  template <class T>
  T take(Result<T> read, const char* flag) {
    if (read) return std::move(*read);
    complain(*flag == '\0' ? read.error().message : fmt::format("{}: {}", flag, read.error().message));
    return T{};
  }
  void complain(const std::string& mistake) {
    if (!mistakes_.empty()) mistakes_ += '\n';
    mistakes_ += mistake;
  }
  const std::string& mistakes() const { return mistakes_; }

 private:
  std::string mistakes_;
};

void read_times(const SilenceAddOptions& options, TimePoint now, WishReader& reader, Silence& silence) {
  silence.starts_at = options.start.empty() ? now : reader.take(parse_rfc3339(options.start), "--start");
  if (!options.end.empty()) {
    silence.ends_at = reader.take(parse_rfc3339(options.end), "--end");
    return;
  }
  const auto duration = parse_duration_argument(options.duration);
  if (!duration) return reader.complain("--duration: " + duration.error().message);
  if (*duration <= Duration::zero()) return reader.complain("--duration: it must be longer than nothing");
  const bool fits = kNever - *duration > silence.starts_at;
  silence.ends_at = fits ? silence.starts_at + *duration : kNever;
}

}  // namespace

Result<Silence> read_silence_wish(const SilenceAddOptions& options, const ApiSettings& settings,
                                  TimePoint now, const std::string& user) {
  Silence silence;
  WishReader reader;
  silence.matcher_sets = {reader.take(read_matcher_arguments(options.matchers), "")};
  if (options.matchers.empty()) {
    reader.complain("no matcher: say what is to be silenced, such as InstanceDown instance=db1");
  }
  read_times(options, now, reader, silence);
  if (reader.mistakes().empty() && silence.ends_at <= silence.starts_at) {
    reader.complain(fmt::format("the silence would end at {}, which is not after its start at {}",
                                format_rfc3339(silence.ends_at), format_rfc3339(silence.starts_at)));
  }
  silence.annotations = reader.take(read_pair_arguments(options.annotations, "annotation"), "");
  silence.created_by = !options.author.empty()    ? options.author
                       : !settings.author.empty() ? settings.author
                                                  : user;
  silence.comment = options.comment;
  if (silence.comment.empty() && settings.require_comment && !options.without_comment && !options.preview) {
    reader.complain("no comment: say why with --comment (or --no-require-comment)");
  }
  silence.until_resolved = options.until_resolved;
  if (!options.expire_when_idle.empty()) {
    silence.expire_when_idle =
        reader.take(parse_duration_argument(options.expire_when_idle), "--expire-when-idle");
  }
  if (!reader.mistakes().empty()) return fail(reader.mistakes());
  return silence;
}

std::string posted_silence(const Silence& silence) {
  JsonWriter json;
  json.begin_object();
  if (!silence.annotations.empty()) {
    json.key("annotations").begin_object();
    for (const auto& [name, value] : silence.annotations) json.field(name, value);
    json.end_object();
  }
  json.field("comment", silence.comment).field("createdBy", silence.created_by);
  json.field("endsAt", format_rfc3339(silence.ends_at)).key("matchers").begin_array();
  for (const Matcher& matcher : silence.matcher_sets.front()) {
    const MatchType type = matcher.type();
    json.begin_object();
    json.key("isEqual").boolean(type == MatchType::kEqual || type == MatchType::kRegex);
    json.key("isRegex").boolean(type == MatchType::kRegex || type == MatchType::kNotRegex);
    json.field("name", matcher.name()).field("value", matcher.value()).end_object();
  }
  json.end_array().field("startsAt", format_rfc3339(silence.starts_at));
  if (silence.until_resolved) json.key("untilResolved").boolean(true);
  if (silence.expire_when_idle > Duration::zero()) {
    json.field("expireWhenIdle", format_prometheus_duration(silence.expire_when_idle));
  }
  return json.end_object().take();
}

}  // namespace tocsin
