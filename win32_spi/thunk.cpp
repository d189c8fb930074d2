// What an exception that reached the SPI boundary becomes; see thunk.hpp.
#include "thunk.hpp"

#include <exception>
#include <new>

#include "spindle/trace.hpp"

namespace spindle::spi {

namespace {

void trace_exception(const char* what) noexcept
{
    try {
        trace::write(trace::level::critical, "exception at the SPI boundary", {{"what", std::string(what)}});
    } catch (...) {  // no memory for the line: the error code still tells the client
        return;
    }
}

}  // namespace

errc code_of_current_exception() noexcept
{
    try {
        throw;
    } catch (const std::bad_alloc&) {
        return errc::no_buffer_space;
    } catch (const std::exception& error) {
        trace_exception(error.what());
    } catch (...) {
        trace_exception("unknown");
    }
    return errc::system_call_failure;
}

}  // namespace spindle::spi
