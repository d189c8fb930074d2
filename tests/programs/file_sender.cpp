// A small web server: TransmitFile with a header, asked for by its extension function; _tmain and TCHAR throughout.
#include <winsock2.h>
#include <mswsock.h>
#include <tchar.h>
#include <process.h>
#include <stdio.h>
#include <string>

#pragma comment(lib, "ws2_32.lib")
#pragma comment(lib, "mswsock.lib")

static const char header[] = "HTTP/1.0 200 OK\r\nContent-Length: 3000\r\n\r\n";

static std::string g_answer;

static unsigned __stdcall Browse(void *address)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s, (SOCKADDR *)address, sizeof(SOCKADDR_IN)) == 0) {
        char part[700];
        int n;
        send(s, "GET / HTTP/1.0\r\n\r\n", 18, 0);
        while ((n = recv(s, part, sizeof(part), 0)) > 0)
            g_answer.append(part, n);
    }
    closesocket(s);
    return 0;
}

int _tmain(int, TCHAR **)
{
    WSADATA wsa;
    WSAStartup(MAKEWORD(2, 2), &wsa);
    TCHAR folder[MAX_PATH], file[MAX_PATH];
    if (!GetTempPath(MAX_PATH, folder) || !GetTempFileName(folder, _T("web"), 0, file))
        return 1;
    HANDLE page = CreateFile(file, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                             FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
    std::string content(3000, 'x');
    DWORD written = 0;
    WriteFile(page, content.data(), (DWORD)content.size(), &written, NULL);
    SetFilePointer(page, 0, NULL, FILE_BEGIN);

    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    SOCKADDR_IN address = {0};
    int size = sizeof(address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener, (SOCKADDR *)&address, size);
    listen(listener, 1);
    getsockname(listener, (SOCKADDR *)&address, &size);
    HANDLE browser = (HANDLE)_beginthreadex(NULL, 0, Browse, &address, 0, NULL);
    SOCKET client = accept(listener, NULL, NULL);
    char request[100];
    recv(client, request, sizeof(request), 0);

    GUID guid = WSAID_TRANSMITFILE;
    LPFN_TRANSMITFILE transmit = NULL;
    DWORD bytes = 0;
    WSAIoctl(client, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof(guid), &transmit, sizeof(transmit), &bytes, NULL,
             NULL);
    TRANSMIT_FILE_BUFFERS buffers = {(LPVOID)header, sizeof(header) - 1, NULL, 0};
    BOOL sent = transmit != NULL && transmit(client, page, 0, 0, NULL, &buffers, 0);
    closesocket(client);
    WaitForSingleObject(browser, INFINITE);
    CloseHandle(browser);
    CloseHandle(page);
    closesocket(listener);
    WSACleanup();
    _tprintf(_T("%d bytes\n"), (int)g_answer.size());
    return sent && g_answer == header + content ? 0 : 2;
}
