# spindle_warnings(target): the warnings our own sources are clean under. They are private to the target, so
# that a consumer never compiles with them; with SPINDLE_DEVELOPMENT they are errors.

function(spindle_warnings target)
    if(MSVC)
        target_compile_options(${target} PRIVATE /W4 $<$<BOOL:${SPINDLE_DEVELOPMENT}>:/WX>)
        return()
    endif()
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
        $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast>
        $<$<COMPILE_LANG_AND_ID:CXX,Clang,AppleClang>:-Wthread-safety>
        $<$<BOOL:${SPINDLE_DEVELOPMENT}>:-Werror>)
endfunction()
