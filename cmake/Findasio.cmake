# Stand-alone Asio as target asio::asio. Distributions ship the headers without a CMake package, vcpkg and
# newer distributions ship a package of the same name: that one is taken when it is there.
# Result: asio_FOUND, asio_VERSION, asio::asio.

include(FindPackageHandleStandardArgs)
find_package(asio CONFIG QUIET)
if(TARGET asio::asio)
    find_package_handle_standard_args(asio CONFIG_MODE)
    return()
endif()

include(host_headers)
spindle_find_header(asio_INCLUDE_DIR asio.hpp)

if(asio_INCLUDE_DIR AND EXISTS "${asio_INCLUDE_DIR}/asio/version.hpp")
    # "#define ASIO_VERSION 102201 // 1.22.1": major * 100000 + minor * 100 + patch
    file(STRINGS "${asio_INCLUDE_DIR}/asio/version.hpp" asio_version_line REGEX "^#define ASIO_VERSION [0-9]+")
    if(asio_version_line MATCHES "ASIO_VERSION ([0-9]+)")
        math(EXPR asio_major "${CMAKE_MATCH_1} / 100000")
        math(EXPR asio_minor "${CMAKE_MATCH_1} / 100 % 1000")
        math(EXPR asio_patch "${CMAKE_MATCH_1} % 100")
        set(asio_VERSION "${asio_major}.${asio_minor}.${asio_patch}")
    endif()
endif()

find_package_handle_standard_args(asio REQUIRED_VARS asio_INCLUDE_DIR VERSION_VAR asio_VERSION)
if(asio_FOUND AND NOT TARGET asio::asio)
    find_package(Threads REQUIRED)
    add_library(asio::asio INTERFACE IMPORTED)
    target_include_directories(asio::asio INTERFACE "${asio_INCLUDE_DIR}")
    target_compile_definitions(asio::asio INTERFACE ASIO_STANDALONE)
    target_link_libraries(asio::asio INTERFACE Threads::Threads)
endif()
