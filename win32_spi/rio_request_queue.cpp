// See the header.
#include "rio_request_queue.hpp"

#include <algorithm>
#include <cstring>

#include "instance.hpp"
#include "rio_state.hpp"
#include "thunk.hpp"

namespace spindle::spi {

namespace {

constexpr DWORD message_was_cut = 0x100;  // MSG_TRUNC

constexpr io_outcome aborted{errc::operation_aborted, 0, 0, false};

void write_address(const socket_address& from, void* target) noexcept
{
    std::memset(target, 0, sizeof(SOCKADDR_INET));
    std::memcpy(target, from.data(), std::min(from.size(), sizeof(SOCKADDR_INET)));
}

}  // namespace

void rio_request::finish(const io_outcome& outcome) noexcept
{
    if (!outcome.silent) {
        owner.complete(*this, outcome);
    }
}

result<void> rio_request_queue::open(std::uintptr_t id, const socket_ptr& of,
                                     const std::array<wanted_side, 2>& sides, void* context) noexcept
{
    const auto& [receives, sends] = sides;
    if (auto room = receives.results->reserve(receives.results_id, receives.limit); !room) {
        return room;
    }
    if (auto room = sends.results->reserve(sends.results_id, sends.limit); !room) {
        receives.results->release(receives.results_id, receives.limit);
        return room;
    }
    const std::scoped_lock lock(mutex_);
    for (std::size_t index = 0; index < sides.size(); ++index) {
        sides_[index] = {sides[index].limit, 0, sides[index].results, sides[index].results_id, {}};
    }
    socket_ = of;
    handle_ = of->handle();
    datagrams_ = of->kind().type == socket_type::datagram;
    context_ = reinterpret_cast<std::uintptr_t>(context);
    id_ = id;
    return {};
}

void rio_request_queue::close(std::uintptr_t id) noexcept
{
    rio_request_list unstarted;
    std::unique_lock lock(mutex_);
    if (id_ != id) {
        return;
    }
    id_ = 0;
    closed_ = true;
    socket_.reset();
    for (auto& each : sides_) {
        unstarted.append(each.deferred);
        each.results->release(each.results_id, each.limit - each.outstanding);
    }
    lock.unlock();
    while (!unstarted.empty()) {
        complete(unstarted.pop_front(), aborted);
    }
    lock.lock();
    retire_if_over(lock);
}

result<void> rio_request_queue::submit(std::uintptr_t id, const rio_submission& wanted)
{
    std::unique_lock lock(mutex_);
    auto& mine = side(wanted.way);
    const bool whole = (wanted.flags & RIO_MSG_WAITALL) != 0;
    if (id_ != id || !mine.results->is(mine.results_id) || (whole && datagrams_)) {
        return errc::invalid_argument;
    }
    if (mine.outstanding == mine.limit) {
        return errc::no_buffer_space;
    }
    rio_request& request = take_request();
    request.way = wanted.way;
    request.notifies = (wanted.flags & RIO_MSG_DONT_NOTIFY) == 0;
    request.result = {0, 0, context_, wanted.context};
    request.flags = whole ? message_flag::wait_all : 0;
    request.use_buffers(mutable_buffers{&wanted.data, 1});
    request.peer_target = wanted.peer_target;
    request.flags_target = wanted.flags_target;
    request.address = nullptr;
    if (wanted.to != nullptr || wanted.peer_target != nullptr) {
        request.peer = wanted.to != nullptr ? *wanted.to : socket_address{};
        request.address = &request.peer;
    }
    if (wanted.local_target != nullptr) {
        write_address(*wanted.local, wanted.local_target);
    }
    ++mine.outstanding;
    mine.deferred.push_back(request);
    if ((wanted.flags & RIO_MSG_DEFER) == 0) {
        to_start_.append(mine.deferred);
        start_waiting(lock);
    }
    return {};
}

result<void> rio_request_queue::commit(std::uintptr_t id, rio_way way) noexcept
{
    std::unique_lock lock(mutex_);
    if (id_ != id) {
        return errc::invalid_argument;
    }
    to_start_.append(side(way).deferred);
    start_waiting(lock);
    return {};
}

rio_request& rio_request_queue::take_request()
{
    if (free_.empty()) {
        return requests_.emplace_back(*this);
    }
    rio_request& request = free_.pop_front();
    request.renew();
    return request;
}

// One thread at a time starts requests: a commit beside another call (RIO-11) must not change their order.
void rio_request_queue::start_waiting(std::unique_lock<constant_mutex>& lock) noexcept
{
    if (starting_ || to_start_.empty()) {
        return;
    }
    starting_ = true;
    socket_ptr on = socket_.lock();
    while (!to_start_.empty()) {
        rio_request& request = to_start_.pop_front();
        lock.unlock();
        start(request, on);
        lock.lock();
    }
    starting_ = false;
    retire_if_over(lock);
    if (lock.owns_lock()) {
        lock.unlock();
    }
    on.reset();  // may be the end of the socket
}

// Whatever is wrong with the socket is the request's result: the call has accepted it (RIO-10).
void rio_request_queue::start(rio_request& request, const socket_ptr& on) noexcept
{
    if (!on) {
        complete(request, aborted);
        return;
    }
    io_outcome outcome;
    errc code = errc::success;
    try {
        code = request.way == rio_way::receive ? on->start_receive(request, outcome)
                                               : on->start_send(request, outcome);
    } catch (...) {
        code = code_of_current_exception();
    }
    if (code != errc::io_pending) {
        outcome.code = code == errc::not_socket ? errc::operation_aborted : code;
        complete(request, outcome);
    }
}

void rio_request_queue::complete(rio_request& request, const io_outcome& outcome) noexcept
{
    errc code = outcome.code;
    if (code == errc::connection_aborted && !the_provider().find(handle_)) {
        code = errc::operation_aborted;  // the close did it (RIO-18)
    }
    const bool cut = code == errc::message_size;
    if (request.way == rio_way::receive && (code == errc::success || cut)) {
        if (request.peer_target != nullptr && !request.peer.empty()) {  // streams leave it as it is (XFR-53)
            write_address(request.peer, request.peer_target);
        }
        if (request.flags_target != nullptr) {
            store(static_cast<DWORD*>(request.flags_target),
                  static_cast<DWORD>(outcome.flags) | (cut ? message_was_cut : 0));
        }
    }
    request.result.Status = static_cast<LONG>(code);
    request.result.BytesTransferred = static_cast<ULONG>(outcome.bytes);
    const auto& mine = side(request.way);
    if (!mine.results->add(mine.results_id, request)) {
        give_back(request);
    }
}

void rio_request_queue::give_back_all(rio_request_list& requests) noexcept
{
    while (!requests.empty()) {
        rio_request& request = requests.pop_front();
        request.owner.give_back(request);
    }
}

void rio_request_queue::give_back(rio_request& request) noexcept
{
    std::unique_lock lock(mutex_);
    auto& mine = side(request.way);
    --mine.outstanding;
    free_.push_back(request);
    if (closed_) {
        mine.results->release(mine.results_id, 1);
        retire_if_over(lock);
    }
}

result<void> rio_request_queue::resize(std::uintptr_t id, DWORD receives, DWORD sends) noexcept
{
    const std::scoped_lock lock(mutex_);
    if (id_ != id) {
        return errc::invalid_argument;
    }
    const std::array<DWORD, 2> limits{receives, sends};
    std::array<DWORD, 2> added{};
    for (std::size_t index = 0; index < limits.size(); ++index) {
        if (limits[index] < sides_[index].outstanding) {
            return errc::too_many_references;
        }
        added[index] = limits[index] - std::min(limits[index], sides_[index].limit);
    }
    auto& [receive, send] = sides_;
    if (auto room = receive.results->reserve(receive.results_id, added[0]); !room) {
        return room;
    }
    if (auto room = send.results->reserve(send.results_id, added[1]); !room) {
        receive.results->release(receive.results_id, added[0]);
        return room;
    }
    for (std::size_t index = 0; index < limits.size(); ++index) {
        auto& each = sides_[index];
        each.results->release(each.results_id, each.limit + added[index] - limits[index]);
        each.limit = limits[index];
    }
    return {};
}

socket_ptr rio_request_queue::socket_of(std::uintptr_t id) noexcept
{
    const std::scoped_lock lock(mutex_);
    return id_ == id ? socket_.lock() : nullptr;
}

// The last request of a closed socket is back: the place is free for another queue.
void rio_request_queue::retire_if_over(std::unique_lock<constant_mutex>& lock) noexcept
{
    if (!closed_ || starting_ || sides_[0].outstanding + sides_[1].outstanding != 0) {
        return;
    }
    closed_ = false;
    free_ = {};
    std::deque<rio_request>().swap(requests_);
    lock.unlock();
    put_back_request_queue(*this);
}

}  // namespace spindle::spi
