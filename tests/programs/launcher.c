/* Starts another program with its output in a pipe, as servers do for their scripts, and sends on what it says. */
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <string.h>

static int run(char *command, char *output, DWORD size)
{
    SECURITY_ATTRIBUTES sa;
    STARTUPINFO si;
    PROCESS_INFORMATION pi;
    HANDLE reader, writer;
    DWORD count, total = 0, code = 1;

    sa.nLength = sizeof(sa);
    sa.lpSecurityDescriptor = NULL;
    sa.bInheritHandle = TRUE;
    if (!CreatePipe(&reader, &writer, &sa, 0))
        return -1;
    SetHandleInformation(reader, HANDLE_FLAG_INHERIT, 0);
    ZeroMemory(&si, sizeof(si));
    si.cb = sizeof(si);
    si.dwFlags = STARTF_USESTDHANDLES | STARTF_USESHOWWINDOW;
    si.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    si.hStdOutput = writer;
    si.hStdError = writer;
    if (!CreateProcess(NULL, command, NULL, NULL, TRUE, CREATE_NO_WINDOW, NULL, NULL, &si, &pi))
        return -1;
    CloseHandle(writer);
    while (total < size && ReadFile(reader, output + total, size - total, &count, NULL) && count > 0)
        total += count;
    WaitForSingleObject(pi.hProcess, INFINITE);
    GetExitCodeProcess(pi.hProcess, &code);
    CloseHandle(pi.hProcess);
    CloseHandle(pi.hThread);
    CloseHandle(reader);
    return code == 5 ? (int)total : -1;
}

int main(void)
{
    WSADATA wsa;
    SOCKET s, to;
    SOCKADDR_IN address;
    int size = sizeof(address), count, got;
    char output[100], back[100];
    char command[] = "sh -c \"echo from the script; exit 5\"";

    WSAStartup(MAKEWORD(2, 2), &wsa);
    FreeConsole();
    count = run(command, output, sizeof(output));
    if (count <= 0)
        return 1;
    s = socket(AF_INET, SOCK_DGRAM, 0);
    to = socket(AF_INET, SOCK_DGRAM, 0);
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(to, (SOCKADDR *)&address, sizeof(address));
    getsockname(to, (SOCKADDR *)&address, &size);
    sendto(s, output, count, 0, (SOCKADDR *)&address, size);
    got = recv(to, back, sizeof(back), 0);
    closesocket(s);
    closesocket(to);
    WSACleanup();
    return got == 16 && memcmp(back, "from the script\n", 16) == 0 ? 0 : 2;
}
