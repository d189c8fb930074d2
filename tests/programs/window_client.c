/* A client whose life is a window procedure: FD_CONNECT, FD_READ, FD_CLOSE, and WM_QUIT at the end. */
#define WIN32_LEAN_AND_MEAN
#include <Windows.h>
#include <WinSock2.h>
#include <WS2tcpip.h>
#include <stdio.h>
#include <process.h>

#pragma comment(lib, "Ws2_32.lib")
#pragma comment(lib, "User32.lib")

#define WM_SOCKET (WM_USER + 1)

static char received[64];
static int length;

static LRESULT CALLBACK WindowProc(HWND hwnd, UINT message, WPARAM wParam, LPARAM lParam)
{
    switch (message) {
    case WM_SOCKET:
        if (WSAGETSELECTERROR(lParam)) {
            PostQuitMessage(WSAGETSELECTERROR(lParam));
            return 0;
        }
        switch (WSAGETSELECTEVENT(lParam)) {
        case FD_CONNECT:
            send((SOCKET)wParam, "ping", 4, 0);
            break;
        case FD_READ: {
            int n = recv((SOCKET)wParam, received + length, (int)sizeof(received) - length - 1, 0);
            if (n > 0)
                length += n;
            break;
        }
        case FD_CLOSE:
            closesocket((SOCKET)wParam);
            DestroyWindow(hwnd);
            break;
        }
        return 0;
    case WM_TIMER:
        PostQuitMessage(99);
        return 0;
    case WM_DESTROY:
        PostQuitMessage(0);
        return 0;
    }
    return DefWindowProc(hwnd, message, wParam, lParam);
}

static unsigned __stdcall server(void *argument)
{
    SOCKET listener = *(SOCKET *)argument;
    SOCKET s = accept(listener, NULL, NULL);
    char text[16];
    int n = recv(s, text, sizeof(text), 0);
    if (n > 0)
        send(s, text, n, 0);
    send(s, "-pong", 5, 0);
    shutdown(s, SD_SEND);
    while (recv(s, text, sizeof(text), 0) > 0)
        ;
    closesocket(s);
    return 0;
}

int main(void)
{
    WSADATA wsa;
    WNDCLASSEX wc;
    HWND hwnd;
    MSG msg;
    SOCKET listener, s;
    HANDLE thread;
    struct sockaddr_in addr;
    int size = sizeof(addr);

    WSAStartup(MAKEWORD(2, 2), &wsa);
    ZeroMemory(&wc, sizeof(wc));
    wc.cbSize = sizeof(wc);
    wc.lpfnWndProc = WindowProc;
    wc.hInstance = GetModuleHandle(NULL);
    wc.lpszClassName = TEXT("SocketWindow");
    if (!RegisterClassEx(&wc))
        return 1;
    hwnd = CreateWindowEx(0, TEXT("SocketWindow"), TEXT(""), WS_OVERLAPPEDWINDOW, CW_USEDEFAULT, CW_USEDEFAULT, 0, 0, NULL,
                          NULL, wc.hInstance, NULL);
    SetTimer(hwnd, 1, 20000, NULL);

    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    ZeroMemory(&addr, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener, (SOCKADDR *)&addr, sizeof(addr));
    listen(listener, SOMAXCONN);
    getsockname(listener, (SOCKADDR *)&addr, &size);
    thread = (HANDLE)_beginthreadex(NULL, 0, server, &listener, 0, NULL);

    s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    WSAAsyncSelect(s, hwnd, WM_SOCKET, FD_CONNECT | FD_READ | FD_CLOSE);
    if (connect(s, (SOCKADDR *)&addr, sizeof(addr)) == SOCKET_ERROR && WSAGetLastError() != WSAEWOULDBLOCK)
        return 2;
    while (GetMessage(&msg, NULL, 0, 0) > 0) {
        TranslateMessage(&msg);
        DispatchMessage(&msg);
    }
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    closesocket(listener);
    WSACleanup();
    printf("%s, quit %d\n", received, (int)msg.wParam);
    return msg.wParam == 0 && lstrcmpA(received, "ping-pong") == 0 ? 0 : 3;
}
