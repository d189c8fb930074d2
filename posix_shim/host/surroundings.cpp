// The surroundings of the Linux host, see surroundings.hpp.
#include "host/surroundings.hpp"

#include "host/fork_safety.hpp"
#include "host/name_request.hpp"
#include "host/open_look_ups.hpp"
#include "host/provider_change.hpp"

namespace spindle::host {

int prepare_surroundings() noexcept
{
    register_fork_handlers();
    return 0;
}

void interrupt_waits() noexcept
{
    cancel_all_look_ups();
    end_change_waits();
}

void end_surroundings() noexcept
{
    interrupt_waits();  // calls that were on their way when the gate closed have begun theirs by now
    close_all_queries();
    cancel_name_requests();
}

}  // namespace spindle::host
