# 64-bit Windows; see mingw.cmake.
set(SPINDLE_MINGW_PROCESSOR x86_64)
set(SPINDLE_WINE_NAMES wine64 wine wine-stable)
include("${CMAKE_CURRENT_LIST_DIR}/mingw.cmake")
