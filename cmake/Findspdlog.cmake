# spdlog and fmt as headers only: target spdlog::spdlog_header_only. spdlog's own package is not used on
# purpose: where it is built with an external fmt (Debian), its header-only target still links the shared
# libfmt, and nothing that the provider links may stay mapped after the provider has gone. Works for cross
# builds with host_headers.cmake.
# Result: spdlog_FOUND, spdlog_VERSION, spdlog::spdlog_header_only.

include(FindPackageHandleStandardArgs)
include(host_headers)

spindle_find_header(spdlog_INCLUDE_DIR spdlog/spdlog.h)
set(spdlog_required spdlog_INCLUDE_DIR)
if(spdlog_INCLUDE_DIR)
    file(STRINGS "${spdlog_INCLUDE_DIR}/spdlog/version.h" spdlog_version_lines REGEX "SPDLOG_VER_[A-Z]+ [0-9]+")
    string(REGEX REPLACE "[^0-9;]" "" spdlog_VERSION "${spdlog_version_lines}")
    list(JOIN spdlog_VERSION "." spdlog_VERSION)
    if(NOT EXISTS "${spdlog_INCLUDE_DIR}/spdlog/fmt/bundled")
        spindle_find_header(fmt_INCLUDE_DIR fmt/format.h)
        list(APPEND spdlog_required fmt_INCLUDE_DIR)
    endif()
endif()

find_package_handle_standard_args(spdlog REQUIRED_VARS ${spdlog_required} VERSION_VAR spdlog_VERSION)
if(spdlog_FOUND AND NOT TARGET spdlog::spdlog_header_only)
    find_package(Threads REQUIRED)
    add_library(spdlog::spdlog_header_only INTERFACE IMPORTED)
    target_include_directories(spdlog::spdlog_header_only INTERFACE "${spdlog_INCLUDE_DIR}")
    target_link_libraries(spdlog::spdlog_header_only INTERFACE Threads::Threads)
    if(fmt_INCLUDE_DIR)
        target_include_directories(spdlog::spdlog_header_only INTERFACE "${fmt_INCLUDE_DIR}")
        target_compile_definitions(spdlog::spdlog_header_only INTERFACE SPDLOG_FMT_EXTERNAL FMT_HEADER_ONLY=1)
    endif()
endif()
