// A completion port, critical sections, threads of the run-time, unqualified min and max.
#include <winsock2.h>
#include <mswsock.h>
#include <process.h>
#include <stdio.h>
#include <algorithm>
#include <string>
#include <vector>

#pragma comment(lib, "ws2_32.lib")
#pragma comment(lib, "mswsock.lib")

using namespace std;

struct operation : OVERLAPPED {
    operation() : size(0) { ZeroMemory(static_cast<OVERLAPPED *>(this), sizeof(OVERLAPPED)); }
    WSABUF buffer;
    char data[4096];
    DWORD size;
};

static unsigned __stdcall worker(void *port)
{
    for (;;) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        LPOVERLAPPED overlapped = NULL;
        if (!GetQueuedCompletionStatus(static_cast<HANDLE>(port), &bytes, &key, &overlapped, INFINITE)) {
            return GetLastError();
        }
        operation *done = static_cast<operation *>(overlapped);
        done->size = min(bytes, static_cast<DWORD>(sizeof(done->data)));
    }
}

static void __cdecl background(void *)
{
    _endthread();
}

int main()
{
    CRITICAL_SECTION lock;
    InitializeCriticalSectionAndSpinCount(&lock, 4000);
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    vector<HANDLE> threads;
    for (DWORD i = 0; i < max(info.dwNumberOfProcessors, 2ul); ++i) {
        threads.push_back(reinterpret_cast<HANDLE>(_beginthreadex(NULL, 0, &worker, port, 0, NULL)));
    }
    _beginthread(background, 0, NULL);
    EnterCriticalSection(&lock);
    const string name = to_string(max(1, 2));
    LeaveCriticalSection(&lock);
    DeleteCriticalSection(&lock);
    return name.empty() ? 1 : static_cast<int>(WaitForMultipleObjects(static_cast<DWORD>(threads.size()),
                                                                      threads.data(), TRUE, 0));
}
