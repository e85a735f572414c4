# How every target of the project is built.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
# The packaged programs find their libraries beside them.
if(UNIX AND NOT APPLE)
  set(CMAKE_BUILD_RPATH "$ORIGIN/../lib")
  set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)
endif()
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)

add_library(uptrail_options INTERFACE)
target_include_directories(uptrail_options INTERFACE "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/generated")
target_compile_options(uptrail_options INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  # False alarms inside libstdc++'s string operator+ (GCC bug 105651).
  target_compile_options(uptrail_options INTERFACE -Wno-restrict)
endif()
if(UPTRAIL_WERROR)
  target_compile_options(uptrail_options INTERFACE -Werror)
endif()
if(UPTRAIL_SANITIZE)
  target_compile_options(uptrail_options INTERFACE -fsanitize=${UPTRAIL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(uptrail_options INTERFACE -fsanitize=${UPTRAIL_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Their own code between construction and use makes gcc see values that nobody set.
    target_compile_options(uptrail_options INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()
if(UPTRAIL_FUZZ)
  target_compile_options(uptrail_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# uptrail_library(NAME DEPENDS targets... [PRIVATE targets...]): the .cpp and .h files of this folder as one static library.
function(uptrail_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;PRIVATE;SOURCES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  if(name STREQUAL "uptrail_analysis")
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  endif()
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  list(APPEND sources ${ARG_SOURCES})
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC uptrail_options ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE uptrail_options ${ARG_DEPENDS})
  endif()
endfunction()

# uptrail_embed(OUT_VARIABLE FUNCTION files...): a generated .cpp that holds the files; see schemas/generate/embed.py.
function(uptrail_embed out function)
  set(generated "${CMAKE_BINARY_DIR}/generated/embed_${function}.cpp")
  set(script "${CMAKE_SOURCE_DIR}/schemas/generate/embed.py")
  add_custom_command(
    OUTPUT "${generated}"
    COMMAND Python3::Interpreter "${script}" "${generated}" ${function} ${ARGN}
    DEPENDS "${script}" ${ARGN}
    VERBATIM)
  set(${out} "${generated}" PARENT_SCOPE)
endfunction()
