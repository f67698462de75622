# Flags that every target of ours shares.
add_library(tocsin_compiler INTERFACE)
target_include_directories(tocsin_compiler INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(tocsin_compiler INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough)
if(TOCSIN_WERROR)
  target_compile_options(tocsin_compiler INTERFACE -Werror)
endif()
if(TOCSIN_SANITIZE)
  target_compile_options(tocsin_compiler INTERFACE -fsanitize=${TOCSIN_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(tocsin_compiler INTERFACE -fsanitize=${TOCSIN_SANITIZE})
endif()
if(TOCSIN_FUZZ)
  target_compile_options(tocsin_compiler INTERFACE -fsanitize=fuzzer-no-link)
endif()
# What nearly every file includes, parsed once per target. Only the standard library and what is as common: our own
# headers stay out, so that a change to one rebuilds only those who include it.
set(tocsin_common_headers <algorithm> <chrono> <functional> <map> <memory> <optional> <string> <string_view> <variant>
  <vector> <tl/expected.hpp> <fmt/format.h>)
find_program(TOCSIN_CCACHE ccache)
if(TOCSIN_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TOCSIN_CCACHE})
endif()
find_program(TOCSIN_MOLD mold)
if(TOCSIN_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12.1)
  add_link_options(-fuse-ld=mold)
endif()
