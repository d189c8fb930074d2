// Aligned blocks, sizes of blocks, random numbers, sorting with a context, sleeping. Answers to the pages
// "_aligned_malloc", "_aligned_realloc", "_msize", "rand_s", "qsort_s", "bsearch_s".
#include "crt/crt.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <sys/random.h>

using namespace spindle::crt;

void* _aligned_malloc(std::size_t size, std::size_t alignment)
{
    if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
        return invalid<void*>(nullptr);
    }
    void* memory = nullptr;
    const int error = posix_memalign(&memory, std::max(alignment, sizeof(void*)), size != 0 ? size : 1);
    return error == 0 ? memory : fail<void*>(nullptr, ENOMEM);
}

void _aligned_free(void* memory)
{
    std::free(memory);
}

void* _aligned_realloc(void* memory, std::size_t size, std::size_t alignment)
{
    if (memory != nullptr && size == 0) {
        std::free(memory);
        return nullptr;
    }
    void* moved = _aligned_malloc(size, alignment);
    if (moved != nullptr && memory != nullptr) {
        std::memcpy(moved, memory, std::min(size, malloc_usable_size(memory)));
        std::free(memory);
    }
    return moved;
}

// What the block has room for, which may be more than was asked for.
std::size_t _msize(void* memory)
{
    return memory != nullptr ? malloc_usable_size(memory) : invalid(static_cast<std::size_t>(-1));
}

errno_t rand_s(unsigned* target)
{
    if (target == nullptr) {
        return invalid_error();
    }
    return getrandom(target, sizeof *target, 0) == static_cast<ssize_t>(sizeof *target) ? 0 : fail(ENOMEM, ENOMEM);
}

namespace {

struct comparison {
    int (*compare)(void*, const void*, const void*);
    void* context;
};

}  // namespace

void qsort_s(void* base, rsize_t count, rsize_t width, int (*compare)(void*, const void*, const void*), void* context)
{
    if ((base == nullptr && count != 0) || width == 0 || compare == nullptr) {
        report_invalid_parameter(EINVAL);
        return;
    }
    comparison how{compare, context};
    qsort_r(
        base, count, width,
        [](const void* one, const void* two, void* arguments) {
            const auto& with = *static_cast<const comparison*>(arguments);
            return with.compare(with.context, one, two);
        },
        &how);
}

void* bsearch_s(const void* key, const void* base, rsize_t count, rsize_t width,
                int (*compare)(void*, const void*, const void*), void* context)
{
    if (key == nullptr || (base == nullptr && count != 0) || width == 0 || compare == nullptr) {
        return invalid<void*>(nullptr);
    }
    const char* first = static_cast<const char*>(base);
    while (count != 0) {
        const char* middle = first + count / 2 * width;
        const int order = compare(context, key, middle);
        if (order == 0) {
            return const_cast<char*>(middle);
        }
        if (order > 0) {
            first = middle + width;
            count -= count / 2 + 1;
        } else {
            count /= 2;
        }
    }
    return nullptr;
}

void _sleep(unsigned long milliseconds)
{
    Sleep(static_cast<DWORD>(milliseconds));
}
