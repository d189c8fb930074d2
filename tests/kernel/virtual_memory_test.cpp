// Pages of memory. Answers to the pages "VirtualAlloc", "VirtualFree", "VirtualProtect".
#include <winsock2.h>

#include <cstdint>
#include <cstring>

#include "support/catch.hpp"
#include "support/process_probe.hpp"

using namespace spindle::test;

namespace {

constexpr SIZE_T page = 4096;
constexpr SIZE_T granularity = 0x10000;

char* allocate(void* address, SIZE_T size, DWORD type, DWORD protection = PAGE_READWRITE)
{
    return static_cast<char*>(VirtualAlloc(address, size, type, protection));
}

}  // namespace

TEST_CASE("committed pages are zero, writable and aligned to the granularity", "[kernel][memory]")
{
    char* memory = allocate(nullptr, 3 * page + 1, MEM_RESERVE | MEM_COMMIT);
    REQUIRE(memory != nullptr);
    CHECK(reinterpret_cast<std::uintptr_t>(memory) % granularity == 0);
    CHECK(memory[0] == 0);
    std::memset(memory, 'x', 4 * page);
    CHECK(VirtualFree(memory, 0, MEM_RELEASE) == TRUE);
    CHECK(VirtualFree(memory, 0, MEM_RELEASE) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_ADDRESS);
}

TEST_CASE("pages are committed one after the other in what is reserved", "[kernel][memory]")
{
    char* memory = allocate(nullptr, granularity, MEM_RESERVE, PAGE_NOACCESS);
    REQUIRE(memory != nullptr);
    DWORD before = 0;
    CHECK(VirtualProtect(memory, page, PAGE_READONLY, &before) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_ADDRESS);

    CHECK(allocate(memory + page + 5, 10, MEM_COMMIT) == memory + page);
    memory[page] = 'a';
    CHECK(allocate(memory, 2 * page, MEM_COMMIT) == memory);
    CHECK(memory[page] == 'a');
    CHECK(allocate(memory + granularity - page, 2 * page, MEM_COMMIT) == nullptr);
    CHECK(GetLastError() == ERROR_INVALID_ADDRESS);

    CHECK(VirtualFree(memory + page, page, MEM_DECOMMIT) == TRUE);
    CHECK(VirtualProtect(memory, 2 * page, PAGE_READONLY, &before) == FALSE);
    CHECK(allocate(memory + page, page, MEM_COMMIT) == memory + page);
    CHECK(memory[page] == 0);
    CHECK(VirtualFree(memory, 0, MEM_DECOMMIT) == TRUE);
    CHECK(VirtualFree(memory, 0, MEM_RELEASE) == TRUE);
}

TEST_CASE("a protection is changed and the one before is told", "[kernel][memory]")
{
    char* memory = allocate(nullptr, 4 * page, MEM_RESERVE | MEM_COMMIT);
    REQUIRE(memory != nullptr);
    DWORD before = 0;
    CHECK(VirtualProtect(memory + page, page, PAGE_READONLY, &before) == TRUE);
    CHECK(before == PAGE_READWRITE);
    CHECK(memory[page] == 0);
    CHECK(VirtualProtect(memory + page, 2 * page, PAGE_NOACCESS, &before) == TRUE);
    CHECK(before == PAGE_READONLY);
    CHECK(VirtualProtect(memory + 2 * page, page, PAGE_READWRITE, &before) == TRUE);
    CHECK(before == PAGE_NOACCESS);
    memory[2 * page] = 'x';
    CHECK(VirtualProtect(memory + 3 * page, page, PAGE_EXECUTE_READ, &before) == TRUE);
    CHECK(before == PAGE_READWRITE);
    CHECK(VirtualProtect(memory, page, PAGE_READWRITE, nullptr) == FALSE);
    CHECK(GetLastError() == ERROR_NOACCESS);
    CHECK(VirtualProtect(memory, page, 0x3, &before) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(VirtualFree(memory, 0, MEM_RELEASE) == TRUE);
}

TEST_CASE("a region is reserved where the caller wants it, if it is free", "[kernel][memory]")
{
    char* memory = allocate(nullptr, granularity, MEM_RESERVE);
    REQUIRE(memory != nullptr);
    CHECK(allocate(memory, granularity, MEM_RESERVE) == nullptr);
    CHECK(GetLastError() == ERROR_INVALID_ADDRESS);
    CHECK(VirtualFree(memory, 0, MEM_RELEASE) == TRUE);
    CHECK(allocate(memory + 100, 10, MEM_RESERVE | MEM_COMMIT) == memory);
    memory[109] = 'x';
    CHECK(VirtualFree(memory, 0, MEM_RELEASE) == TRUE);
}

TEST_CASE("bad arguments of the page functions get their errors", "[kernel][memory]")
{
    const auto refused = [](SIZE_T size, DWORD type, DWORD protection) {
        CHECK(allocate(nullptr, size, type, protection) == nullptr);
        return GetLastError();
    };
    CHECK(refused(0, MEM_COMMIT, PAGE_READWRITE) == ERROR_INVALID_PARAMETER);
    CHECK(refused(page, MEM_TOP_DOWN, PAGE_READWRITE) == ERROR_INVALID_PARAMETER);
    CHECK(refused(page, MEM_COMMIT | 0x20000000, PAGE_READWRITE) == ERROR_INVALID_PARAMETER);
    CHECK(refused(page, MEM_COMMIT, 0) == ERROR_INVALID_PARAMETER);
    CHECK(refused(page, MEM_COMMIT, PAGE_READWRITE | 0x100) == ERROR_INVALID_PARAMETER);
    CHECK(refused(SIZE_T{1} << 62, MEM_RESERVE, PAGE_READWRITE) == ERROR_NOT_ENOUGH_MEMORY);
    CHECK(refused(MAXSIZE_T, MEM_RESERVE, PAGE_READWRITE) == ERROR_NOT_ENOUGH_MEMORY);

    char* memory = allocate(nullptr, page, MEM_RESERVE);
    CHECK(VirtualFree(memory, page, MEM_RELEASE) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(VirtualFree(memory, 0, MEM_RELEASE | MEM_DECOMMIT) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(VirtualFree(memory + 1, 0, MEM_RELEASE) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_ADDRESS);
    CHECK(VirtualFree(memory, 0, MEM_RELEASE) == TRUE);
    CHECK(VirtualFree(nullptr, 0, MEM_RELEASE) == FALSE);
}
