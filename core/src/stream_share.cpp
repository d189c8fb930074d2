// Stream sockets of which other processes may hold the system's: the end of this process's part (clauses DUP-11,
// CLEAN-21). The end of the connection itself is in stream_close.cpp.
#include "provider_life.hpp"
#include "stream_socket.hpp"

namespace spindle {

// Whether the connection, which other processes may hold, goes on with them; then what remains is let_go(). What is queued
// here goes out first, unless the program wants it lost.
bool stream_socket::leaves_to_others(const linger_option& linger)
{
    if (!shares()) {
        return false;
    }
    const bool resets = linger.on != 0 && linger.seconds == 0;
    bool unsent = false;
    {
        const std::scoped_lock lock(send_mutex_);
        unsent = !queue_.empty() || !line_.empty();
    }
    return (unsent && !resets && !has(state::broken)) || !leave_share();
}

// Of a retired socket that other processes hold: they must find the connection as it is, and all that this one accepted
// must have reached the system before the last of them ends it (DUP-11).
void stream_socket::let_go()
{
    bool unsent = false;
    {
        const std::scoped_lock lock(send_mutex_);
        unsent = !queue_.empty() || !line_.empty();
    }
    if (unsent && !has(state::broken)) {
        end_background(clock::time_point::max(), true);
        return;
    }
    (void)leave_share();
    lower().cancel_waits();
}

}  // namespace spindle
