# Catch2, version 2 or 3, as target spindle_catch2 (headers, and version 3's library). Version 2 is headers
# only and so serves cross builds from the build machine's copy as well.
# Result: Catch_FOUND, Catch_VERSION, spindle_catch2.

include(FindPackageHandleStandardArgs)
include(host_headers)

find_package(Catch2 CONFIG QUIET)
if(TARGET Catch2::Catch2)
    set(Catch_location Catch2::Catch2)
    set(Catch_VERSION "${Catch2_VERSION}")
else()
    spindle_find_header(Catch_INCLUDE_DIR catch2/catch.hpp)
    if(Catch_INCLUDE_DIR)
        set(Catch_location "${Catch_INCLUDE_DIR}")
        set(Catch_VERSION 2)
    endif()
endif()

find_package_handle_standard_args(Catch REQUIRED_VARS Catch_location VERSION_VAR Catch_VERSION)
if(Catch_FOUND AND NOT TARGET spindle_catch2)
    add_library(spindle_catch2 INTERFACE IMPORTED)
    if(TARGET Catch2::Catch2)
        target_link_libraries(spindle_catch2 INTERFACE Catch2::Catch2)
    else()
        target_include_directories(spindle_catch2 INTERFACE "${Catch_INCLUDE_DIR}")
    endif()
endif()
