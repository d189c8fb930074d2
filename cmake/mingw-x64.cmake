# Toolchain: 64-bit Windows from Linux with mingw-w64's GCC, the variant whose std::thread rests on
# winpthreads. The compiler's libraries are linked statically, so that the DLL imports nothing but Windows'
# own DLLs. Programs of the target run under Wine where it is installed, which lets CTest run them.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)

set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)

set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-static")
set(CMAKE_MODULE_LINKER_FLAGS_INIT "-static")

set(CMAKE_FIND_ROOT_PATH /usr/x86_64-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

find_program(SPINDLE_WINE NAMES wine64 wine wine-stable PATHS /usr/lib/wine)
if(SPINDLE_WINE)
    set(CMAKE_CROSSCOMPILING_EMULATOR "${SPINDLE_WINE}")
endif()
