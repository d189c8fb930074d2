// One request of a registered I/O socket. It belongs to its request queue, which uses it again once the client has
// taken its result.
#pragma once

#include <mswsock.h>

#include "spindle/overlapped.hpp"
#include "winsock.hpp"

namespace spindle::spi {

class rio_request_queue;

enum class rio_way : unsigned char { receive, send };

class rio_request final : public io_request {
public:
    explicit rio_request(rio_request_queue& owner_queue) noexcept : owner(owner_queue) { in_order = true; }

    /// The result becomes one of the completion queue's, unless the last cleanup settles the request.
    void finish(const io_outcome& outcome) noexcept override;

    rio_request_queue& owner;
    rio_request* next = nullptr;  // in the one list it is in
    rio_way way = rio_way::receive;
    bool notifies = true;
    RIORESULT result{};
    socket_address peer;           // where to, or who from
    void* peer_target = nullptr;   // room for a SOCKADDR_INET, or null
    void* flags_target = nullptr;  // room for a DWORD, or null
};

/// Requests in their order. Not thread-safe.
class rio_request_list {
public:
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

    void push_back(rio_request& request) noexcept
    {
        request.next = nullptr;
        (last_ != nullptr ? last_->next : first_) = &request;
        last_ = &request;
    }

    rio_request& pop_front() noexcept
    {
        rio_request& taken = *first_;
        first_ = taken.next;
        if (first_ == nullptr) {
            last_ = nullptr;
        }
        return taken;
    }

    /// Moves the others behind what is here.
    void append(rio_request_list& others) noexcept
    {
        while (!others.empty()) {
            push_back(others.pop_front());
        }
    }

private:
    rio_request* first_ = nullptr;
    rio_request* last_ = nullptr;
};

}  // namespace spindle::spi
