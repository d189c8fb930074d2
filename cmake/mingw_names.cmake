# spindle_mingw_names(file): writes a header with the numbers that tests/headers/exceptions.txt says mingw-w64 lacks, and
# the few other names of that kind that tests use. A newer compiler's own count.

function(spindle_mingw_names file)
    set(list "${PROJECT_SOURCE_DIR}/tests/headers/exceptions.txt")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${list}")
    set(text "#pragma once\n#include <winsock2.h>\n#include <mstcpip.h>\n#include <mswsock.h>\n#include <ws2tcpip.h>\n")
    file(STRINGS "${list}" lines REGEX "^lacks [A-Za-z_0-9]+ = ")
    foreach(line IN LISTS lines)
        if(line MATCHES "^lacks ([A-Za-z_0-9]+) = (-?0x[0-9a-f]+) :")
            string(APPEND text "#ifndef ${CMAKE_MATCH_1}\n#define ${CMAKE_MATCH_1} ${CMAKE_MATCH_2}\n#endif\n")
        endif()
    endforeach()
    string(APPEND text [[
#ifndef SOMAXCONN_HINT
#define SOMAXCONN_HINT(b) (-(b))
#endif
#ifndef SIZEOF_SOCKET_ADDRESS_LIST
#define SIZEOF_SOCKET_ADDRESS_LIST(count) (offsetof(SOCKET_ADDRESS_LIST, Address) + (count) * sizeof(SOCKET_ADDRESS))
#endif
#if __MINGW64_VERSION_MAJOR <= 10
typedef struct { IN_PKTINFO pkt_info; SCOPE_ID scope_id; } IN_PKTINFO_EX;
typedef struct { IN6_PKTINFO pkt_info; SCOPE_ID scope_id; } IN6_PKTINFO_EX;
#endif
]])
    file(CONFIGURE OUTPUT "${file}" CONTENT "${text}" @ONLY)
endfunction()
