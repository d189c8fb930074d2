// Asking the resolver, see address_info.hpp.
#include "host/address_info.hpp"

namespace spindle::host {

resolver::failure answer_request(const name_request& request, resolver::answer& result)
{
    resolver::query wanted = request.wanted;
    // An empty name means this computer, an empty service no port.
    const std::string host =
        request.has_host && request.host.empty() ? resolver::local_host_name() : request.host;
    wanted.node = request.has_host ? host.c_str() : nullptr;
    wanted.service = !request.has_service ? nullptr : request.service.empty() ? "0" : request.service.c_str();
    return resolver::look_up(wanted, result);
}

}  // namespace spindle::host
