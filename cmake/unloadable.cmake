# spindle_unloadable(target): flags without which a shared library stays mapped after dlclose. GCC gives
# inline functions' static objects (Asio and spdlog have many) the binding STB_GNU_UNIQUE, and the dynamic
# loader never unmaps a library that defines such a symbol; hidden visibility keeps the others from being
# bound to from outside. Applies to the provider and to every static library linked into it.

function(spindle_unloadable target)
    set_target_properties(${target} PROPERTIES
        C_VISIBILITY_PRESET hidden
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON)
    if(NOT WIN32)
        target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
    endif()
endfunction()
