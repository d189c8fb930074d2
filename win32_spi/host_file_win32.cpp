// On Windows a HANDLE is the system's.
#include "host_file.hpp"

namespace spindle::spi {

result<std::unique_ptr<file_source>> open_host_file(HANDLE file)
{
    const HANDLE process = ::GetCurrentProcess();
    HANDLE own = nullptr;
    // INVALID_HANDLE_VALUE would be taken for the process itself.
    if (file == INVALID_HANDLE_VALUE ||
        ::DuplicateHandle(process, file, process, &own, 0, FALSE, DUPLICATE_SAME_ACCESS) == FALSE) {
        return errc::invalid_handle;
    }
    return make_file_source(reinterpret_cast<std::intptr_t>(own));
}

}  // namespace spindle::spi
