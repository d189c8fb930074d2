// Pipes without a name, as two files. Answers to the page "CreatePipe".
#include "host/descriptor.hpp"
#include "host/file_name.hpp"
#include "host/kernel_objects.hpp"
#include "host/thread_state.hpp"

#include <cerrno>
#include <fcntl.h>

using namespace spindle;
using namespace spindle::host;

namespace {

HANDLE make_end(descriptor& end, bool readable) noexcept
{
    kernel::file_options options;
    options.readable = readable;
    options.writable = !readable;
    const kernel::object_ref<kernel::file> made(new (std::nothrow)
                                                    kernel::file(end.get(), std::move(options)));
    if (!made) {
        return nullptr;
    }
    end.detach();
    return handle_of(kernel::handles.add(*made));
}

}  // namespace

BOOL WINAPI CreatePipe(PHANDLE hReadPipe, PHANDLE hWritePipe, LPSECURITY_ATTRIBUTES lpPipeAttributes, DWORD)
{
    if (hReadPipe == nullptr || hWritePipe == nullptr) {
        return fail(FALSE, ERROR_NOACCESS);
    }
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return fail(FALSE, file_error(errno));
    }
    descriptor source(ends[0]);
    descriptor sink(ends[1]);
    const HANDLE reader = make_end(source, true);
    const HANDLE writer = reader != nullptr ? make_end(sink, false) : nullptr;
    if (writer == nullptr) {
        kernel::handles.remove(handle_value(reader), kernel::object_kind::file);
        return fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
    }
    mark_inherited(reader, is_inherited(lpPipeAttributes));
    mark_inherited(writer, is_inherited(lpPipeAttributes));
    *hReadPipe = reader;
    *hWritePipe = writer;
    return TRUE;
}
