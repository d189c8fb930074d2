/* The Win32 base functions a server uses beside Winsock, in C and, through base_functions.cpp, in C++. */
#include <winsock2.h>
#include <windows.h>

int run(const char *log_name);
void report(DWORD code);

static BOOL WINAPI on_event(DWORD event)
{
    return event == CTRL_C_EVENT;
}

void report(DWORD code)
{
    LPTSTR text = NULL;
    if (FormatMessage(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
                      NULL, code, MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT), (LPTSTR)&text, 0, NULL) != 0) {
        OutputDebugString(text);
        LocalFree(text);
    }
}

int run(const char *log_name)
{
    char line[1024];
    TCHAR directory[MAX_PATH];
    WCHAR wide[16];
    DWORD written = 0;
    LARGE_INTEGER size;
    HANDLE heap = HeapCreate(0, 0, 0);
    void *block = HeapAlloc(heap, HEAP_ZERO_MEMORY, 64);
    void *pages = VirtualAlloc(NULL, 65536, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    HANDLE file = CreateFileA(log_name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS,
                              FILE_ATTRIBUTE_NORMAL | FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    int length = wsprintfA(line, "%s %lu %d\r\n", log_name, GetCurrentProcessId(), 5);
    if (file == INVALID_HANDLE_VALUE || SetConsoleCtrlHandler(on_event, TRUE) == FALSE) {
        report(GetLastError());
        return 1;
    }
    WriteFile(file, line, (DWORD)length, &written, NULL);
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), line, written, &written, NULL);
    if (GetFileSizeEx(file, &size) == FALSE || SetFilePointer(file, 0, NULL, FILE_BEGIN) == INVALID_SET_FILE_POINTER) {
        report(GetLastError());
    }
    MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "text", -1, wide, 16);
    GetTempPath(MAX_PATH, directory);
    if (lstrlen(directory) == 0 || lstrcmpi(GetCommandLine(), directory) == 0) {
        ExitProcess(2);
    }
    SecureZeroMemory(line, sizeof(line));
    VirtualFree(pages, 0, MEM_RELEASE);
    HeapFree(heap, 0, block);
    HeapDestroy(heap);
    CloseHandle(file);
    return 0;
}
