# SPINDLE_SANITIZE applies to everything that is built, libraries and tests alike: a sanitizer that sees half
# of the memory traffic reports nonsense. GCC's and Clang's flags are the same.

if(SPINDLE_SANITIZE)
    if("thread" IN_LIST SPINDLE_SANITIZE AND "address" IN_LIST SPINDLE_SANITIZE)
        message(FATAL_ERROR "SPINDLE_SANITIZE: thread and address exclude each other")
    endif()
    list(JOIN SPINDLE_SANITIZE "," spindle_sanitizers)
    add_compile_options(-fsanitize=${spindle_sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${spindle_sanitizers})
    if("undefined" IN_LIST SPINDLE_SANITIZE)
        # Its check of virtual calls opens a pipe to see whether memory is there, and calls every object broken where the
        # process has no descriptor left, which some tests see to.
        add_compile_options(-fno-sanitize=vptr)
    endif()
    # GCC's manual: with sanitizers its flow analysis reports variables as uninitialised that are not, in the
    # standard library's templates above all. The uninstrumented build keeps the warning.
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    if("thread" IN_LIST SPINDLE_SANITIZE)
        # GCC warns that the sanitizer does not model std::atomic_thread_fence, which Asio's headers use.
        add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
    endif()
endif()

# Coverage for libFuzzer, in the libraries as in the targets.
if(SPINDLE_BUILD_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "SPINDLE_BUILD_FUZZ: libFuzzer comes with Clang, as the preset fuzz has it")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
