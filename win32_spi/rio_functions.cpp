// The calls of Registered I/O: ids become objects, slices become memory, errors the thread's last error. Answers to the
// pages of mswsock.h whose names begin with RIO. What a slice of control data would carry is not served: such a call is
// refused with WSAEOPNOTSUPP.
#include "rio_functions.hpp"

#include <limits>
#include <optional>

#include "exchange_provider.hpp"
#include "extension_table.hpp"
#include "rio_state.hpp"
#include "spindle/provider.hpp"
#include "thunk.hpp"

namespace spindle::spi {

namespace {

constexpr DWORD registered_io_flag = 0x100;  // WSA_FLAG_REGISTERED_IO
constexpr DWORD send_flags = RIO_MSG_DONT_NOTIFY | RIO_MSG_DEFER;
constexpr DWORD receive_flags = send_flags | RIO_MSG_WAITALL;
constexpr ULONG address_room = sizeof(SOCKADDR_INET);

/// body() returns result<Value>; `failed` with the last error set. Errors besides the body's: not_initialised.
template <class Value, class Body>
Value rio_call(Value failed, Body&& body) noexcept
{
    int error = 0;
    const Value outcome = spi_call(failed, &error, body);
    if (error != 0) {
        set_last_error(error);
    }
    return outcome;
}

/// The same for functions that say TRUE or FALSE; body() returns result<void>.
template <class Body>
BOOL rio_bool_call(Body&& body) noexcept
{
    return rio_call(BOOL{0}, [&]() -> result<BOOL> {
        const result<void> outcome = body();
        return outcome ? result<BOOL>(BOOL{1}) : result<BOOL>(outcome.error());
    });
}

template <class Id>
std::uintptr_t number_of(Id id) noexcept
{
    return reinterpret_cast<std::uintptr_t>(id);
}

rio_completion_queue* find_queue(RIO_CQ id) noexcept
{
    auto* state = registered_io();
    return state == nullptr ? nullptr : state->completion_queues.at(number_of(id));
}

rio_request_queue* find_queue(RIO_RQ id) noexcept
{
    auto* state = registered_io();
    return state == nullptr ? nullptr : state->request_queues.at(number_of(id));
}

/// body(queue, id) for the queue at the id, which may have another id by now.
template <class Id, class Body>
auto with_queue(Id id, Body&& body) -> decltype(body(*find_queue(id), number_of(id)))
{
    auto* queue = find_queue(id);
    if (queue == nullptr) {
        return errc::invalid_argument;
    }
    return body(*queue, number_of(id));
}

bool fits_a_queue(DWORD size) noexcept
{
    return size >= 1 && size <= RIO_MAX_CQ_SIZE;
}

/// The arguments of a send or receive.
struct rio_arguments {
    PRIO_BUF data;
    ULONG data_count;
    PRIO_BUF local_address;
    PRIO_BUF remote_address;
    PRIO_BUF control;
    PRIO_BUF out_flags;
    DWORD flags;
    PVOID context;

    [[nodiscard]] bool nothing_but_flags() const noexcept
    {
        return data == nullptr && data_count == 0 && local_address == nullptr && remote_address == nullptr &&
               control == nullptr && out_flags == nullptr && context == nullptr;
    }
};

/// A slice as core's buffer; an empty buffer where the client gave none.
result<mutable_buffer> data_slice(const rio_arguments& given)
{
    if (given.data_count > 1) {
        return errc::invalid_argument;
    }
    return given.data_count == 0 ? mutable_buffer{} : registered_io()->buffers.slice(given.data, 0);
}

result<void*> slice_or_null(const RIO_BUF* slice, ULONG least)
{
    if (slice == nullptr) {
        return static_cast<void*>(nullptr);
    }
    const auto found = registered_io()->buffers.slice(slice, least);
    return found ? result<void*>(found->data) : result<void*>(found.error());
}

/// The address on which datagrams come in, where the socket's name tells; a wildcard does not.
result<socket_address> receiving_address(rio_request_queue& queue, std::uintptr_t id)
{
    const auto it = queue.socket_of(id);
    if (!it) {
        return errc::invalid_argument;
    }
    auto local = it->local_address();
    if (local && (local->is_wildcard() || local->size() > address_room)) {
        return errc::operation_not_supported;
    }
    return local;
}

result<void> submit_receive(rio_request_queue& queue, std::uintptr_t id, const rio_arguments& given,
                            rio_submission& wanted)
{
    const auto local_target = slice_or_null(given.local_address, address_room);
    const auto peer_target = slice_or_null(given.remote_address, address_room);
    const auto flags_target = slice_or_null(given.out_flags, sizeof(DWORD));
    for (const auto* each : {&local_target, &peer_target, &flags_target}) {
        if (!*each) {
            return each->error();
        }
    }
    wanted.peer_target = *peer_target;
    wanted.flags_target = *flags_target;
    if (*local_target == nullptr) {
        return queue.submit(id, wanted);
    }
    const auto local = receiving_address(queue, id);
    if (!local) {
        return local.error();
    }
    wanted.local = &*local;
    wanted.local_target = *local_target;
    return queue.submit(id, wanted);
}

result<void> submit_send(rio_request_queue& queue, std::uintptr_t id, const rio_arguments& given,
                         rio_submission& wanted)
{
    if (given.local_address != nullptr) {
        return errc::invalid_argument;
    }
    if (given.out_flags != nullptr) {
        return errc::operation_not_supported;
    }
    if (given.remote_address == nullptr) {
        return queue.submit(id, wanted);
    }
    const auto slice = registered_io()->buffers.slice(given.remote_address, address_room);
    if (!slice) {
        return slice.error();
    }
    const auto to = socket_address::from_bytes(slice->data, slice->size);
    if (!to) {
        return to.error();
    }
    wanted.to = &*to;
    return queue.submit(id, wanted);
}

BOOL transfer(RIO_RQ to, rio_way way, const rio_arguments& given) noexcept
{
    return rio_bool_call([&] {
        return with_queue(to, [&](rio_request_queue& queue, std::uintptr_t id) -> result<void> {
            if (given.flags == RIO_MSG_COMMIT_ONLY && given.nothing_but_flags()) {
                return queue.commit(id, way);
            }
            if ((given.flags & ~(way == rio_way::send ? send_flags : receive_flags)) != 0) {
                return errc::invalid_argument;
            }
            if (given.control != nullptr) {
                return errc::operation_not_supported;
            }
            const auto data = data_slice(given);
            if (!data) {
                return data.error();
            }
            rio_submission wanted;
            wanted.way = way;
            wanted.flags = given.flags;
            wanted.data = *data;
            wanted.context = number_of(given.context);
            return way == rio_way::send ? submit_send(queue, id, given, wanted)
                                        : submit_receive(queue, id, given, wanted);
        });
    });
}

BOOL PASCAL RIOReceive(RIO_RQ SocketQueue, PRIO_BUF pData, ULONG DataBufferCount, DWORD Flags,
                       PVOID RequestContext) noexcept
{
    return transfer(SocketQueue, rio_way::receive,
                    {pData, DataBufferCount, nullptr, nullptr, nullptr, nullptr, Flags, RequestContext});
}

int PASCAL RIOReceiveEx(RIO_RQ SocketQueue, PRIO_BUF pData, ULONG DataBufferCount, PRIO_BUF pLocalAddress,
                        PRIO_BUF pRemoteAddress, PRIO_BUF pControlContext, PRIO_BUF pFlags, DWORD Flags,
                        PVOID RequestContext) noexcept
{
    return transfer(SocketQueue, rio_way::receive,
                    {pData, DataBufferCount, pLocalAddress, pRemoteAddress, pControlContext, pFlags, Flags,
                     RequestContext});
}

BOOL PASCAL RIOSend(RIO_RQ SocketQueue, PRIO_BUF pData, ULONG DataBufferCount, DWORD Flags,
                    PVOID RequestContext) noexcept
{
    return transfer(SocketQueue, rio_way::send,
                    {pData, DataBufferCount, nullptr, nullptr, nullptr, nullptr, Flags, RequestContext});
}

BOOL PASCAL RIOSendEx(RIO_RQ SocketQueue, PRIO_BUF pData, ULONG DataBufferCount, PRIO_BUF pLocalAddress,
                      PRIO_BUF pRemoteAddress, PRIO_BUF pControlContext, PRIO_BUF pFlags, DWORD Flags,
                      PVOID RequestContext) noexcept
{
    return transfer(SocketQueue, rio_way::send,
                    {pData, DataBufferCount, pLocalAddress, pRemoteAddress, pControlContext, pFlags, Flags,
                     RequestContext});
}

void PASCAL RIOCloseCompletionQueue(RIO_CQ CQ) noexcept
{
    int error = 0;
    spi_call(call_failed, &error, [&]() -> result<int> {
        auto* queue = find_queue(CQ);
        if (queue != nullptr && queue->close(number_of(CQ))) {
            registered_io()->completion_queues.put_back(*queue);
        }
        return 0;
    });
}

RIO_CQ PASCAL RIOCreateCompletionQueue(DWORD QueueSize,
                                       PRIO_NOTIFICATION_COMPLETION NotificationCompletion) noexcept
{
    return rio_call(RIO_CQ{}, [&]() -> result<RIO_CQ> {
        if (!fits_a_queue(QueueSize)) {
            return errc::invalid_argument;
        }
        const auto notification = rio_notification::read(NotificationCompletion);
        if (!notification) {
            return notification.error();
        }
        const auto made = make_registered_io().completion_queues.take();
        made.object.open(made.id, QueueSize, *notification);
        return reinterpret_cast<RIO_CQ>(made.id);
    });
}

/// Errors: invalid_argument (the socket has a queue), not_socket (it was closed meanwhile).
result<void> hang_on_socket(const socket_ptr& it, std::uintptr_t queue)
{
    std::uintptr_t none = 0;
    if (!record_of(*it).request_queue.compare_exchange_strong(none, queue, std::memory_order_acq_rel)) {
        return errc::invalid_argument;
    }
    if (the_provider().find(it->handle()) != it) {
        end_request_queue(*it);
        return errc::not_socket;
    }
    return {};
}

result<RIO_RQ> create_request_queue(const socket_ptr& it,
                                    const std::array<rio_request_queue::wanted_side, 2>& sides, void* context)
{
    auto& queues = registered_io()->request_queues;
    const auto made = queues.take();
    if (auto opened = made.object.open(made.id, it, sides, context); !opened) {
        queues.put_back(made.object);
        return opened.error();
    }
    auto hung = result<void>(errc::no_buffer_space);
    try {
        hung = hang_on_socket(it, made.id);
    } catch (const std::bad_alloc&) {
        hung = errc::no_buffer_space;
    }
    if (!hung) {
        made.object.close(made.id);
        return hung.error();
    }
    return reinterpret_cast<RIO_RQ>(made.id);
}

RIO_RQ PASCAL RIOCreateRequestQueue(SOCKET Socket, ULONG MaxOutstandingReceive, ULONG MaxReceiveDataBuffers,
                                    ULONG MaxOutstandingSend, ULONG MaxSendDataBuffers, RIO_CQ ReceiveCQ,
                                    RIO_CQ SendCQ, PVOID SocketContext) noexcept
{
    return rio_call(RIO_RQ{}, [&]() -> result<RIO_RQ> {
        const auto it = the_provider().find(static_cast<socket_handle>(Socket));
        if (!it) {
            return errc::not_socket;
        }
        if ((it->creation_flags() & registered_io_flag) == 0 || it->kind().type == socket_type::raw) {
            return errc::operation_not_supported;
        }
        auto* receives = find_queue(ReceiveCQ);
        auto* sends = find_queue(SendCQ);
        const bool none_outstanding = MaxOutstandingReceive == 0 && MaxOutstandingSend == 0;
        if (receives == nullptr || sends == nullptr || none_outstanding || MaxReceiveDataBuffers != 1 ||
            MaxSendDataBuffers != 1) {
            return errc::invalid_argument;
        }
        return create_request_queue(it,
                                    {{{MaxOutstandingReceive, receives, number_of(ReceiveCQ)},
                                      {MaxOutstandingSend, sends, number_of(SendCQ)}}},
                                    SocketContext);
    });
}

ULONG PASCAL RIODequeueCompletion(RIO_CQ CQ, PRIORESULT Array, ULONG ArraySize) noexcept
{
    return rio_call(ULONG{RIO_CORRUPT_CQ}, [&] {
        return with_queue(CQ, [&](rio_completion_queue& queue, std::uintptr_t id) -> result<ULONG> {
            if (Array == nullptr && ArraySize != 0) {
                return errc::fault;
            }
            return queue.take(id, Array, ArraySize);
        });
    });
}

void PASCAL RIODeregisterBuffer(RIO_BUFFERID BufferId) noexcept
{
    int error = 0;
    spi_call(call_failed, &error, [&]() -> result<int> {
        if (auto* state = registered_io(); state != nullptr) {
            state->buffers.remove(BufferId);
        }
        return 0;
    });
}

/// Returns the code itself; the last error stays (RIO-16).
INT PASCAL RIONotify(RIO_CQ CQ) noexcept
{
    int error = 0;
    spi_call(call_failed, &error, [&]() -> result<int> {
        const auto armed = with_queue(CQ, [](rio_completion_queue& queue, std::uintptr_t id) -> result<void> {
            return queue.notify(id);
        });
        return armed ? result<int>(0) : result<int>(armed.error());
    });
    return error;
}

RIO_BUFFERID PASCAL RIORegisterBuffer(PCHAR DataBuffer, DWORD DataLength) noexcept
{
    const auto invalid = reinterpret_cast<RIO_BUFFERID>(std::uintptr_t{0xFFFFFFFF});
    return rio_call(invalid, [&] { return make_registered_io().buffers.add(DataBuffer, DataLength); });
}

BOOL PASCAL RIOResizeCompletionQueue(RIO_CQ CQ, DWORD QueueSize) noexcept
{
    return rio_bool_call([&] {
        return with_queue(CQ, [&](rio_completion_queue& queue, std::uintptr_t id) -> result<void> {
            return fits_a_queue(QueueSize) ? queue.resize(id, QueueSize)
                                           : result<void>(errc::invalid_argument);
        });
    });
}

BOOL PASCAL RIOResizeRequestQueue(RIO_RQ RQ, DWORD MaxOutstandingReceive, DWORD MaxOutstandingSend) noexcept
{
    return rio_bool_call([&] {
        return with_queue(RQ, [&](rio_request_queue& queue, std::uintptr_t id) -> result<void> {
            const bool none_outstanding = MaxOutstandingReceive == 0 && MaxOutstandingSend == 0;
            return none_outstanding ? result<void>(errc::invalid_argument)
                                    : queue.resize(id, MaxOutstandingReceive, MaxOutstandingSend);
        });
    });
}

}  // namespace

RIO_EXTENSION_FUNCTION_TABLE rio_functions() noexcept
{
    return {sizeof(RIO_EXTENSION_FUNCTION_TABLE),
            &RIOReceive,
            &RIOReceiveEx,
            &RIOSend,
            &RIOSendEx,
            &RIOCloseCompletionQueue,
            &RIOCreateCompletionQueue,
            &RIOCreateRequestQueue,
            &RIODequeueCompletion,
            &RIODeregisterBuffer,
            &RIONotify,
            &RIORegisterBuffer,
            &RIOResizeCompletionQueue,
            &RIOResizeRequestQueue};
}

}  // namespace spindle::spi
