# Where header-only libraries come from in a cross build. The build machine's own headers serve, but
# /usr/include itself must never reach a cross compiler: its C library headers would be found before the
# target's. So a folder in the build tree gets links to the wanted libraries and to nothing else.

# spindle_host_headers(result): that folder, filled; empty when this is not a cross build.
function(spindle_host_headers result)
    set(${result} "" PARENT_SCOPE)
    if(NOT CMAKE_CROSSCOMPILING OR NOT CMAKE_HOST_UNIX)
        return()
    endif()
    set(folder "${PROJECT_BINARY_DIR}/host-headers")
    file(MAKE_DIRECTORY "${folder}")
    foreach(entry asio asio.hpp spdlog fmt catch2)
        foreach(root /usr/local/include /usr/include)
            if(EXISTS "${root}/${entry}" AND NOT EXISTS "${folder}/${entry}")
                file(CREATE_LINK "${root}/${entry}" "${folder}/${entry}" SYMBOLIC)
            endif()
        endforeach()
    endforeach()
    set(${result} "${folder}" PARENT_SCOPE)
endfunction()

# spindle_find_header(variable header): find_path among the target's own headers first, then in that folder.
function(spindle_find_header variable header)
    find_path(${variable} ${header})
    if(NOT ${variable})
        spindle_host_headers(folder)
        if(folder)
            find_path(${variable} ${header} PATHS "${folder}" NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
        endif()
    endif()
    mark_as_advanced(${variable})
endfunction()
