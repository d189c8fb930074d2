// Heaps, local and global memory. Answers to the pages "HeapCreate", "HeapAlloc", "LocalAlloc", "GlobalLock".
#include <winsock2.h>

#include <algorithm>
#include <cstring>
#include <thread>
#include <vector>

#include "support/catch.hpp"

namespace {

bool all_zero(const void* memory, std::size_t size)
{
    const auto* bytes = static_cast<const char*>(memory);
    return std::all_of(bytes, bytes + size, [](char byte) { return byte == 0; });
}

}  // namespace

TEST_CASE("the heap of the process allocates, resizes and frees", "[kernel][memory]")
{
    const HANDLE heap = GetProcessHeap();
    REQUIRE(heap != nullptr);
    auto* text = static_cast<char*>(HeapAlloc(heap, HEAP_ZERO_MEMORY, 100));
    REQUIRE(text != nullptr);
    CHECK(reinterpret_cast<std::uintptr_t>(text) % MEMORY_ALLOCATION_ALIGNMENT == 0);
    CHECK(all_zero(text, 100));
    CHECK(HeapSize(heap, 0, text) == 100);
    std::strcpy(text, "kept");
    text = static_cast<char*>(HeapReAlloc(heap, HEAP_ZERO_MEMORY, text, 10000));
    REQUIRE(text != nullptr);
    CHECK(std::string(text) == "kept");
    CHECK(all_zero(text + 100, 9900));
    CHECK(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, text, 5000) == text);
    CHECK(HeapSize(heap, 0, text) == 5000);
    CHECK(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, text, 6000) == nullptr);
    CHECK(HeapValidate(heap, 0, text) == TRUE);
    CHECK(HeapValidate(heap, 0, nullptr) == TRUE);
    CHECK(HeapFree(heap, 0, text) == TRUE);
    CHECK(HeapFree(heap, 0, nullptr) == TRUE);
    CHECK(HeapDestroy(heap) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
}

TEST_CASE("destroying a private heap frees every block", "[kernel][memory]")
{
    // LeakSanitizer is the judge of it in the asan preset.
    const HANDLE heap = HeapCreate(0, 0, 0);
    REQUIRE(heap != nullptr);
    std::vector<void*> blocks;
    for (std::size_t size = 0; size < 500; ++size) {
        blocks.push_back(HeapAlloc(heap, 0, size * 10));
        REQUIRE(blocks.back() != nullptr);
    }
    for (std::size_t index = 0; index < blocks.size(); index += 3) {
        CHECK(HeapFree(heap, 0, blocks[index]) == TRUE);
    }
    CHECK(HeapReAlloc(heap, 0, blocks[1], 100000) != nullptr);
    CHECK(HeapValidate(heap, 0, nullptr) == TRUE);
    CHECK(HeapValidate(heap, 0, blocks[2]) == TRUE);
    CHECK(HeapDestroy(heap) == TRUE);
    CHECK(HeapDestroy(heap) == FALSE);
}

TEST_CASE("heaps refuse blocks and options that are not theirs", "[kernel][memory]")
{
    const HANDLE heap = HeapCreate(HEAP_GENERATE_EXCEPTIONS, 4096, 0);
    REQUIRE(heap != nullptr);
    void* foreign = HeapAlloc(GetProcessHeap(), 0, 8);
    CHECK(HeapFree(heap, 0, foreign) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(HeapSize(heap, 0, foreign) == static_cast<SIZE_T>(-1));
    CHECK(HeapValidate(heap, 0, foreign) == FALSE);
    HeapFree(GetProcessHeap(), 0, foreign);
    void* own = HeapAlloc(heap, 0, 8);
    CHECK(HeapSize(heap, 0, own) == 8);
    CHECK(HeapDestroy(heap) == TRUE);

    CHECK(HeapAlloc(nullptr, 0, 8) == nullptr);
    CHECK(HeapAlloc(INVALID_HANDLE_VALUE, 0, 8) == nullptr);
    CHECK(HeapFree(nullptr, 0, nullptr) == FALSE);
    CHECK(HeapCreate(HEAP_CREATE_ENABLE_EXECUTE, 0, 0) == nullptr);
    CHECK(GetLastError() == ERROR_NOT_SUPPORTED);
    CHECK(HeapCreate(0x80000000, 0, 0) == nullptr);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(HeapCreate(0, 2, 1) == nullptr);
    CHECK(HeapAlloc(GetProcessHeap(), 0, MAXSIZE_T - 4) == nullptr);
}

TEST_CASE("a heap with a maximum does not grow beyond it", "[kernel][memory]")
{
    const HANDLE heap = HeapCreate(0, 0, 10000);
    void* first = HeapAlloc(heap, 0, 6000);
    REQUIRE(first != nullptr);
    CHECK(HeapAlloc(heap, 0, 6000) == nullptr);
    CHECK(HeapReAlloc(heap, 0, first, 20000) == nullptr);
    CHECK(HeapSize(heap, 0, first) == 6000);
    CHECK(HeapFree(heap, 0, first) == TRUE);
    CHECK(HeapAlloc(heap, 0, 6000) != nullptr);
    CHECK(HeapDestroy(heap) == TRUE);
}

TEST_CASE("threads share a private heap", "[kernel][memory]")
{
    const HANDLE heap = HeapCreate(0, 0, 0);
    const auto work = [heap] {
        for (int round = 0; round < 2000; ++round) {
            void* memory = HeapAlloc(heap, 0, 32);
            memory = HeapReAlloc(heap, 0, memory, 64);
            if (round % 4 != 0) {
                HeapFree(heap, 0, memory);
            }
        }
    };
    std::thread one(work);
    std::thread two(work);
    one.join();
    two.join();
    CHECK(HeapValidate(heap, 0, nullptr) == TRUE);
    CHECK(HeapDestroy(heap) == TRUE);
}

TEST_CASE("fixed local memory is its own handle", "[kernel][memory]")
{
    const HLOCAL memory = LocalAlloc(LPTR, 64);
    REQUIRE(memory != nullptr);
    CHECK(all_zero(memory, 64));
    CHECK(LocalLock(memory) == memory);
    CHECK(LocalUnlock(memory) == FALSE);
    CHECK(GetLastError() == ERROR_NOT_LOCKED);
    CHECK(GlobalUnlock(memory) == TRUE);
    CHECK(LocalSize(memory) == 64);
    CHECK(LocalReAlloc(memory, 128, 0) == nullptr);
    CHECK(GetLastError() == ERROR_NOT_ENOUGH_MEMORY);
    const HLOCAL larger = LocalReAlloc(memory, 128, LMEM_MOVEABLE | LMEM_ZEROINIT);
    REQUIRE(larger != nullptr);
    CHECK(all_zero(larger, 128));
    CHECK(LocalFree(larger) == nullptr);
    CHECK(LocalFree(nullptr) == nullptr);
    CHECK(LocalAlloc(1, 8) == nullptr);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
}

TEST_CASE("movable memory is locked, resized and discarded through its handle", "[kernel][memory]")
{
    const HGLOBAL handle = GlobalAlloc(GHND, 32);
    REQUIRE(handle != nullptr);
    void* memory = GlobalLock(handle);
    REQUIRE(memory != nullptr);
    CHECK(memory != handle);
    CHECK(all_zero(memory, 32));
    CHECK(GlobalLock(handle) == memory);
    CHECK(GlobalReAlloc(handle, 100000, 0) == nullptr);
    CHECK(GlobalUnlock(handle) == TRUE);
    CHECK(GlobalUnlock(handle) == FALSE);
    CHECK(GetLastError() == NO_ERROR);
    CHECK(GlobalUnlock(handle) == FALSE);
    CHECK(GetLastError() == ERROR_NOT_LOCKED);

    CHECK(GlobalReAlloc(handle, 100000, GMEM_ZEROINIT) == handle);
    CHECK(GlobalSize(handle) == 100000);
    CHECK(GlobalReAlloc(handle, 0, GMEM_MOVEABLE) == handle);
    CHECK(GlobalSize(handle) == 0);
    CHECK(GlobalLock(handle) == nullptr);
    CHECK(GetLastError() == ERROR_DISCARDED);
    CHECK(GlobalFree(handle) == nullptr);

    const HGLOBAL fixed = GlobalAlloc(GPTR, 8);
    const HGLOBAL modified = GlobalReAlloc(fixed, 0, GMEM_MODIFY | GMEM_MOVEABLE);
    REQUIRE(modified != nullptr);
    CHECK(GlobalLock(modified) == fixed);
    CHECK(GlobalFree(modified) == nullptr);
    CHECK(GlobalSize(nullptr) == 0);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(GlobalLock(nullptr) == nullptr);
}

TEST_CASE("the memory macros copy, fill and clear", "[kernel][memory]")
{
    char text[8] = "abcdefg";
    char copy[8];
    CopyMemory(copy, text, sizeof text);
    MoveMemory(copy + 1, copy, 4);
    CHECK(std::string(copy) == "aabcdfg");
    FillMemory(copy, 3, 'x');
    CHECK(std::string(copy) == "xxxcdfg");
    ZeroMemory(copy, sizeof copy);
    CHECK(all_zero(copy, sizeof copy));
    CHECK(SecureZeroMemory(text, sizeof text) == text);
    CHECK(all_zero(text, sizeof text));
}
