#include "core/template/comparison.h"

#include "core/template/go_format.h"
#include "core/template/object.h"

namespace tocsin::tmpl {
namespace {

bool is_basic(Kind kind) {
  switch (kind) {
    case Kind::boolean:
    case Kind::integer:
    case Kind::unsigned_integer:
    case Kind::floating:
    case Kind::complex:
    case Kind::string:
      return true;
    default:
      return false;
  }
}

std::string shown(const Value& value, const char* verb) {
  return sprintf(verb, {&value, 1});
}

std::string incompatible(const Value& left, const Value& right) {
  return "incompatible types for comparison: " + left.type_name() + " and " + right.type_name();
}

bool equal_across_sign(std::int64_t with_sign, std::uint64_t without_sign) {
  return with_sign >= 0 && static_cast<std::uint64_t>(with_sign) == without_sign;
}

bool equal_basic(const Value& left, const Value& right) {
  switch (left.kind()) {
    case Kind::boolean:
      return left.as_boolean() == right.as_boolean();
    case Kind::integer:
      return left.as_integer() == right.as_integer();
    case Kind::unsigned_integer:
      return left.as_unsigned() == right.as_unsigned();
    case Kind::floating:
      return left.as_floating() == right.as_floating();
    case Kind::complex:
      return left.as_complex() == right.as_complex();
    default:
      return left.as_string() == right.as_string();
  }
}

// Structs and pointers; what Go cannot compare fails.
Result<bool> equal_other(const Value& left, const Value& right) {
  if (left.is_invalid() || right.is_invalid()) return left.is_invalid() == right.is_invalid();
  if (left.kind() != right.kind()) {
    return fail("non-comparable types " + shown(left, "%s") + ": " + left.type_name() + ", " +
                right.type_name() + ": " + shown(right, "%v"));
  }
  if (left.kind() == Kind::time) {
    return left.as_time().compare(right.as_time()) == 0 &&
           left.as_time().zone().name() == right.as_time().zone().name();
  }
  const bool plain_object =
      left.kind() == Kind::object && left.list_data() == nullptr && left.map_data() == nullptr;
  if (plain_object) return left.as_object() == right.as_object();
  return fail("non-comparable type " + shown(right, "%s") + ": " + right.type_name());
}

}  // namespace

Result<bool> equal_values(const Value& left, const Value& right) {
  const bool left_basic = is_basic(left.kind());
  const bool right_basic = is_basic(right.kind());
  if (!left_basic && !right_basic) return equal_other(left, right);
  if (left.kind() == right.kind()) return equal_basic(left, right);
  if (left.kind() == Kind::integer && right.kind() == Kind::unsigned_integer) {
    return equal_across_sign(left.as_integer(), right.as_unsigned());
  }
  if (left.kind() == Kind::unsigned_integer && right.kind() == Kind::integer) {
    return equal_across_sign(right.as_integer(), left.as_unsigned());
  }
  if (left.is_invalid() || right.is_invalid()) return false;
  return fail(incompatible(left, right));
}

Result<bool> less_value(const Value& left, const Value& right) {
  if (!is_basic(left.kind()) || !is_basic(right.kind())) return fail("invalid type for comparison");
  if (left.kind() == Kind::integer && right.kind() == Kind::unsigned_integer) {
    return left.as_integer() < 0 || static_cast<std::uint64_t>(left.as_integer()) < right.as_unsigned();
  }
  if (left.kind() == Kind::unsigned_integer && right.kind() == Kind::integer) {
    return right.as_integer() >= 0 && left.as_unsigned() < static_cast<std::uint64_t>(right.as_integer());
  }
  if (left.kind() != right.kind()) return fail(incompatible(left, right));
  switch (left.kind()) {
    case Kind::integer:
      return left.as_integer() < right.as_integer();
    case Kind::unsigned_integer:
      return left.as_unsigned() < right.as_unsigned();
    case Kind::floating:
      return left.as_floating() < right.as_floating();
    case Kind::string:
      return left.as_string() < right.as_string();
    default:
      return fail("invalid type for comparison");
  }
}

}  // namespace tocsin::tmpl
