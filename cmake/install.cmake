# Install rules: headers, the libraries side by side, the CMake package `spindle` and two pkg-config
# files. All of it is relocatable, so that `cmake --install --prefix` may name any place.
include(CMakePackageConfigHelpers)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/core/include/spindle"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/posix_shim/include/"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/spindle/win32" FILES_MATCHING PATTERN "*.h")

set_target_properties(spindle_core PROPERTIES EXPORT_NAME core)
set_target_properties(spindle_ws2_32 PROPERTIES EXPORT_NAME ws2_32)
set_target_properties(spindle_win32_headers PROPERTIES EXPORT_NAME win32_headers)
install(TARGETS spindle_core EXPORT spindle
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS spindle_win32_headers EXPORT spindle
        INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/spindle/win32")
install(TARGETS spindle_ws2_32 spindle_wmain EXPORT spindle
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(TARGETS spindle_spi
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")

set_target_properties(spindle_catalog PROPERTIES INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
install(TARGETS spindle_catalog RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")

set(spindle_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/spindle")
install(EXPORT spindle NAMESPACE spindle:: FILE spindle-targets.cmake DESTINATION "${spindle_package_dir}")
configure_package_config_file(
    "${CMAKE_CURRENT_LIST_DIR}/spindle-config.cmake.in" "${PROJECT_BINARY_DIR}/spindle-config.cmake"
    INSTALL_DESTINATION "${spindle_package_dir}" NO_SET_AND_CHECK_MACRO)
# SameMinorVersion while the major version is 0: until 1.0 a minor release may change the embedding API.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/spindle-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/spindle-config.cmake" "${PROJECT_BINARY_DIR}/spindle-config-version.cmake"
        DESTINATION "${spindle_package_dir}")

# pkg-config files know their prefix from where they lie.
set(spindle_pkgconfig_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH spindle_pc_to_prefix "/prefix/${spindle_pkgconfig_dir}" "/prefix")
string(REGEX REPLACE "/$" "" spindle_pc_to_prefix "${spindle_pc_to_prefix}")
foreach(name spindle spindle-ws2)
    configure_file("${CMAKE_CURRENT_LIST_DIR}/${name}.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${spindle_pkgconfig_dir}")
endforeach()
