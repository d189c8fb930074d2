# spindle_precompile(target): reads the standard headers once for all sources of a library, which halves the time the
# compiler takes for them. Sources still include what they use: the
# preset release builds without it.

function(spindle_precompile target)
    if(NOT SPINDLE_PRECOMPILED_HEADERS OR MSVC)
        return()
    endif()
    target_precompile_headers(${target} PRIVATE
        "$<$<COMPILE_LANGUAGE:CXX>:${PROJECT_SOURCE_DIR}/cmake/standard_headers.hpp>")
    # Lets a compiler cache see through precompiled headers.
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
endfunction()
