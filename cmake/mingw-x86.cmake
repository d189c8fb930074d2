# 32-bit Windows; see mingw.cmake.
set(SPINDLE_MINGW_PROCESSOR i686)
set(SPINDLE_WINE_NAMES wine32)
include("${CMAKE_CURRENT_LIST_DIR}/mingw.cmake")
