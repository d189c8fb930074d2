// See base_sockets.hpp.
#include "host/base_sockets.hpp"

namespace spindle::host {

namespace {

/// The layer that has the socket; null when none has.
const provider* layer_of(SOCKET s) noexcept
{
    kernel::socket_entry entry;
    if (!kernel::handles.find_socket(s, entry)) {
        return nullptr;
    }
    const auto* owner = static_cast<const provider*>(entry.owner);
    return owner->chain_length() > BASE_PROTOCOL ? owner : nullptr;
}

}  // namespace

bool is_layered(SOCKET s) noexcept
{
    return layer_of(s) != nullptr;
}

SOCKET base_socket(SOCKET s, DWORD control_code) noexcept
{
    const provider* layer = layer_of(s);
    if (layer == nullptr) {
        return s;
    }
    SOCKET base = INVALID_SOCKET;
    DWORD returned = 0;
    int error = 0;
    const int result = layer->table().lpWSPIoctl(s, control_code, nullptr, 0, &base, sizeof base, &returned, nullptr,
                                                 nullptr, nullptr, &error);
    kernel::socket_entry entry;
    return result == 0 && kernel::handles.find_socket(base, entry) ? base : s;
}

SOCKET base_sockets::base_of(SOCKET s)
{
    if (const auto known = base_.find(s); known != base_.end()) {
        return known->second;
    }
    const SOCKET base = base_socket(s, code_);
    base_.emplace(s, base);
    above_.emplace(base, s);
    if (kernel::socket_entry entry; kernel::handles.find_socket(base, entry)) {
        one_provider_ = one_provider_ && (owner_ == nullptr || owner_ == entry.owner);
        owner_ = entry.owner;
    }
    return base;
}

}  // namespace spindle::host
