// Number literals of templates: from source text to a NumberNode, with Go's rules for bases, underscores,
// signs, imaginary and character constants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "core/result.h"
#include "core/template/node.h"
#include "core/template/token.h"

namespace tocsin::tmpl {

// The type says which of character_constant, complex and number the lexer saw.
Result<std::unique_ptr<NumberNode>> parse_number_literal(const Token& token);

}  // namespace tocsin::tmpl
