// Windows' own completion ports deliver what its providers complete: there is no loop to run.
#include "asio/port_loop.hpp"

namespace spindle {

std::shared_ptr<port_loop> make_port_loop(const std::shared_ptr<asio_context>&, std::function<void()>)
{
    return nullptr;
}

std::shared_ptr<event_loop> make_attended_loop(const std::shared_ptr<asio_context>&)
{
    return nullptr;
}

}  // namespace spindle
