// Opening duplicates of sockets: of this process's own, which get one more handle, and of another process's, which become
// sockets here (page WSPDuplicateSocket).
#include <algorithm>
#include <new>

#include "provider_life.hpp"

namespace spindle {

result<opened_duplicate> provider_life::open_duplicate(const duplicate_request& request)
{
    const auto own = duplicates.find(request.token);
    return own ? open_own(request, own) : open_received(request);
}

result<opened_duplicate> provider_life::open_own(const duplicate_request& request,
                                                 const std::shared_ptr<basic_socket>& of)
{
    auto& services = this->services();
    const auto handle = services.create_socket_handle(request.catalog_entry_id, next_token());
    if (!handle) {
        return handle.error();
    }
    std::shared_ptr<basic_socket> taken;
    try {
        // Found by its handle from the moment it is one of the socket's.
        if (sockets.insert(*handle, of)) {
            taken = duplicates.take(request.token);
            if (taken && taken->add_descriptor({*handle, request.catalog_entry_id}, true)) {
                return opened_duplicate{taken, *handle};
            }
            sockets.erase(*handle, of.get());
        }
    } catch (const std::bad_alloc&) {
        sockets.erase(*handle, of.get());
        services.close_socket_handle(request.catalog_entry_id, *handle);
        if (taken) {
            taken->drop_reservation();
        }
        return errc::no_buffer_space;
    }
    services.close_socket_handle(request.catalog_entry_id, *handle);
    return errc::invalid_argument;
}

result<opened_duplicate> provider_life::open_received(const duplicate_request& request)
{
    const bool inheritable = (request.creation_flags & creation_flag::no_handle_inherit) == 0;
    auto received = net->take_offer(request.token, inheritable);
    if (!received) {
        return received.error();
    }
    auto made = make_socket({received->kind, request.creation_flags, request.catalog_entry_id}, received->socket);
    if (!made) {
        return made.error();
    }
    (*made)->join_share(std::move(received->share));
    return opened_duplicate{*made, (*made)->handle()};
}

std::vector<std::shared_ptr<basic_socket>> provider_life::all_sockets()
{
    auto all = sockets.snapshot();
    duplicates.append_sockets(all);
    std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

}  // namespace spindle
