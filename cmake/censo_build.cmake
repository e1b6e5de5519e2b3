# How everything is compiled, and the functions that keep "folder = library = test folder" true.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(CENSO_STATIC "Link what Debian has as archives into the programs" OFF)
option(CENSO_FUZZ "Build the fuzz targets (clang only)" OFF)
set(CENSO_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them: address,undefined or thread")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # The sloppiness that it asks for where headers are precompiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror
  -fstack-protector-strong -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
# _REENTRANT: what -pthread and Net-SNMP's flags define in some files; precompiled headers need it in all.
add_compile_definitions(_REENTRANT _GLIBCXX_ASSERTIONS BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of g++ 12 in library code inlined into ours (GCC bugs 105329, 105651, 107852).
  add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Wno-maybe-uninitialized)
endif()
if(CENSO_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(CENSO_SANITIZE)
  add_compile_options(-fsanitize=${CENSO_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CENSO_SANITIZE})
  if(CENSO_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio's fences, which the sanitizer does not see; what they order is ordered by locks as well.
    add_compile_options(-Wno-tsan)
  endif()
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
  add_compile_definitions(_FORTIFY_SOURCE=2)
endif()
add_link_options(-Wl,-z,relro,-z,now)

if(CENSO_STATIC)
  add_compile_options(-ffunction-sections -fdata-sections)
  add_link_options(-static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,--as-needed)
endif()

# Headers of others that most files read, parsed once: in debug builds of g++, where reading them takes half of the time. Files still include
# what they use; the other presets build without. A set for each mix of kind (library, test) and linked libraries: macros have to be the same.
# censo_use_precompiled(TARGET KIND libraries that it links...)
function(censo_use_precompiled target kind)
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU" OR CENSO_SANITIZE)
    return()
  endif()
  set(name ${kind}_headers)
  set(headers <algorithm> <array> <chrono> <cstdint> <functional> <map> <memory> <optional> <set> <span> <stdexcept> <string>
    <string_view> <unordered_map> <utility> <vector>)
  set(libraries "")
  set(flags -fPIC)
  if(kind STREQUAL "test")
    list(APPEND headers <filesystem> <fstream> <gtest/gtest.h>)
    list(APPEND libraries GTest::gtest)
    set(flags -fPIE)
  endif()
  if("Boost::json" IN_LIST ARGN)
    list(APPEND headers <boost/json.hpp>)
    list(APPEND libraries Boost::json)
    string(PREPEND name json_)
  endif()
  if("CLI11::CLI11" IN_LIST ARGN)
    list(APPEND headers <CLI/CLI.hpp>)
    list(APPEND libraries CLI11::CLI11)
    string(PREPEND name cli_)
  endif()
  if(NOT TARGET ${name})
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/${name}.cpp CONTENT "// Made by the build.\n")
    add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/generated/${name}.cpp)
    target_compile_options(${name} PRIVATE ${flags})
    target_precompile_headers(${name} PRIVATE ${headers})
    target_link_libraries(${name} PRIVATE ${libraries})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${name})
  target_compile_options(${target} PRIVATE -fpch-preprocess)  # for ccache
endfunction()

# Of imported libraries the archive beside the shared object, where there is one.
function(censo_prefer_static)
  foreach(target ${ARGN})
    foreach(property IMPORTED_LOCATION IMPORTED_LOCATION_RELEASE IMPORTED_LOCATION_NONE IMPORTED_LOCATION_DEBUG INTERFACE_LINK_LIBRARIES)
      get_target_property(value ${target} ${property})
      if(NOT value MATCHES "(/[^;]*)\\.so[.0-9]*")
        continue()
      endif()
      if(EXISTS "${CMAKE_MATCH_1}.a")
        string(REGEX REPLACE "(/[^;]*)\\.so[.0-9]*" "\\1.a" value "${value}")
        set_target_properties(${target} PROPERTIES ${property} "${value}")
      endif()
    endforeach()
  endforeach()
endfunction()

# censo_library(NAME FOLDER PUBLIC deps... PRIVATE deps...): every .cpp in the folder, but for main.cpp and folders that are
# libraries of their own.
function(censo_library name folder)
  cmake_parse_arguments(ARG "" "" "PUBLIC;PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(folder STREQUAL "cmdb")
    list(FILTER sources EXCLUDE REGEX "/cmdb/store/")
  elseif(folder STREQUAL "collector")
    list(FILTER sources EXCLUDE REGEX "/collector/(scanner|cli|web)/")
  endif()
  if(NOT sources)
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${ARG_PUBLIC} ${ARG_PRIVATE} Threads::Threads)
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} Threads::Threads PRIVATE ${ARG_PRIVATE})
  censo_use_precompiled(${name} library ${ARG_PRIVATE})
endfunction()

function(censo_program name main library)
  if(EXISTS ${CMAKE_SOURCE_DIR}/${main})
    add_executable(${name} ${CMAKE_SOURCE_DIR}/${main})
    target_link_libraries(${name} PRIVATE ${library} CLI11::CLI11 ${fmt} Boost::json OpenSSL::SSL)
    target_compile_definitions(${name} PRIVATE CENSO_VERSION="${PROJECT_VERSION}")
  endif()
endfunction()

# all_sources() of the agent from the files in its folders: one file, one function of the same name.
function(censo_source_registry library folder)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/any/*.cpp ${CMAKE_SOURCE_DIR}/${folder}/linux/*.cpp)
  set(names "")
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    list(APPEND names ${name})
  endforeach()
  list(SORT names)
  set(declarations "")
  set(rows "")
  foreach(name ${names})
    string(APPEND declarations "base::Result<void> ${name}(const Host& host, SourceOutput& out);\n")
    string(APPEND rows "    {\"${name}\", sources::${name}},\n")
  endforeach()
  list(LENGTH names count)
  set(output ${CMAKE_BINARY_DIR}/generated/all_sources.cpp)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT "// Made by the build from agent/sources/.
#include \"agent/source.h\"
#include <array>
namespace censo::agent {
namespace sources {
${declarations}}
std::span<const Source> all_sources() {
  static const std::array<Source, ${count}> list{{
${rows}  }};
  return list;
}
}  // namespace censo::agent
")
  get_target_property(type ${library} TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    target_sources(${library} PRIVATE ${output})
  endif()
endfunction()

# agent_sections() of the collector: the same names, for settings that speak of them.
function(censo_section_names library folder)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/any/*.cpp ${CMAKE_SOURCE_DIR}/${folder}/linux/*.cpp)
  set(names "")
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    list(APPEND names "    \"${name}\"")
  endforeach()
  list(SORT names)
  list(LENGTH names count)
  list(JOIN names ",\n" rows)
  set(output ${CMAKE_BINARY_DIR}/generated/agent_sections.cpp)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT "// Made by the build from ${folder}/.
#include \"collector/agent_sections.h\"
#include <array>
namespace censo::collector {
std::span<const std::string_view> agent_sections() {
  static constexpr std::array<std::string_view, ${count}> names{
${rows}};
  return names;
}
}  // namespace censo::collector
")
  target_sources(${library} PRIVATE ${output})
endfunction()

# all_routes() of the collector from collector/api/*.cpp: one file, one function of the same name.
function(censo_route_registry library folder)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  set(declarations "")
  set(calls "")
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    string(APPEND declarations "Routes ${name}(const Services& services);\n")
    string(APPEND calls "  add(api::${name}(services));\n")
  endforeach()
  set(output ${CMAKE_BINARY_DIR}/generated/all_routes.cpp)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT "// Made by the build from ${folder}/.
#include \"collector/route.h\"
#include \"collector/services.h\"
#include <iterator>
namespace censo::collector {
namespace api {
${declarations}}
Routes all_routes([[maybe_unused]] const Services& services) {
  Routes all;
  [[maybe_unused]] const auto add = [&all](Routes routes) {
    all.insert(all.end(), std::make_move_iterator(routes.begin()), std::make_move_iterator(routes.end()));
  };
${calls}  return all;
}
}  // namespace censo::collector
")
  get_target_property(type ${library} TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    target_sources(${library} PRIVATE ${output})
  endif()
endfunction()

# conversion() of the scanner from collector/scanner/conversions/*.cpp: one file, one function of the same name.
function(censo_conversion_registry library folder)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  set(declarations "")
  set(rows "")
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    string(APPEND declarations "std::string ${name}(const std::string& octets);\n")
    string(APPEND rows "  if (name == \"${name}\") return conversions::${name};\n")
  endforeach()
  set(output ${CMAKE_BINARY_DIR}/generated/conversion.cpp)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT "// Made by the build from ${folder}/.
#include \"collector/scanner/conversion.h\"
namespace censo::scanner {
namespace conversions {
${declarations}}
Conversion conversion(std::string_view name) {
${rows}  return nullptr;
}
}  // namespace censo::scanner
")
  target_sources(${library} PRIVATE ${output})
endfunction()
