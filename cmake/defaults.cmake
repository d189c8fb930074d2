# Settings that every target starts from: language level, output folders, compiler cache. Inside another
# project only what the targets need of each other is set; the rest is that project's business.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(WIN32)
    # Windows 8.1 is the oldest version served; Asio asks to be told. windows.h is kept from bringing winsock.h.
    add_compile_definitions(_WIN32_WINNT=0x0603 WIN32_LEAN_AND_MEAN NOMINMAX)
    set(CMAKE_SHARED_LIBRARY_PREFIX "")
endif()

# The host finds the provider beside itself, so both libraries go to one folder.
if(NOT DEFINED CMAKE_LIBRARY_OUTPUT_DIRECTORY)
    set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
endif()
if(NOT DEFINED CMAKE_ARCHIVE_OUTPUT_DIRECTORY)
    set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
endif()
if(NOT DEFINED CMAKE_RUNTIME_OUTPUT_DIRECTORY)
    set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
endif()

if(PROJECT_IS_TOP_LEVEL)
    set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
    if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
        set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug, Release, RelWithDebInfo" FORCE)
    endif()
    if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
        find_program(SPINDLE_CCACHE ccache)
        mark_as_advanced(SPINDLE_CCACHE)
        if(SPINDLE_CCACHE)
            # The sloppiness is what its manual asks for where headers are precompiled.
            set(CMAKE_C_COMPILER_LAUNCHER "${SPINDLE_CCACHE}")
            set(CMAKE_CXX_COMPILER_LAUNCHER
                "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${SPINDLE_CCACHE}")
        endif()
    endif()
endif()
