# Toolchain: Windows from Linux with mingw-w64's GCC, the variant whose std::thread rests on winpthreads; which Windows is told by
# SPINDLE_MINGW_PROCESSOR (the files mingw-x64.cmake and mingw-x86.cmake). The compiler's libraries are linked statically, so that
# the DLL imports nothing but Windows' own DLLs. Programs of the target run under Wine where it is installed, which lets CTest run
# them.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR "${SPINDLE_MINGW_PROCESSOR}")

set(spindle_mingw "${SPINDLE_MINGW_PROCESSOR}-w64-mingw32")
set(CMAKE_C_COMPILER "${spindle_mingw}-gcc-posix")
set(CMAKE_CXX_COMPILER "${spindle_mingw}-g++-posix")
set(CMAKE_RC_COMPILER "${spindle_mingw}-windres")

set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-static")
set(CMAKE_MODULE_LINKER_FLAGS_INIT "-static")

set(CMAKE_FIND_ROOT_PATH "/usr/${spindle_mingw}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# A Wine of the other word size does not start them.
find_program(SPINDLE_WINE NAMES ${SPINDLE_WINE_NAMES} PATHS /usr/lib/wine)
if(SPINDLE_WINE)
    set(CMAKE_CROSSCOMPILING_EMULATOR "${SPINDLE_WINE}")
endif()
