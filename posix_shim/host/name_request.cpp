// Look-ups that end with a message, see name_request.hpp.
#include "host/name_request.hpp"

#include "host/call_scope.hpp"
#include "host/thread_pool.hpp"
#include "host/window_send.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

namespace spindle::host {

namespace {

class name_request;

struct request_list {
    std::mutex mutex;
    name_request* first = nullptr;
    std::uintptr_t last_number = 0;
};
constinit request_list requests;

class name_request final : public pool_task {
public:
    name_request(const name_reply& reply, find_record&& find) noexcept : reply_(reply), find_(std::move(find))
    {}

    [[nodiscard]] std::uintptr_t number() const noexcept { return number_; }

    /// Under the list's lock.
    void enter() noexcept
    {
        number_ = ++requests.last_number;
        next_ = requests.first;
        requests.first = this;
    }
    /// Under the list's lock: it is nobody's any more. False if it was not in the list.
    static bool leave(std::uintptr_t number) noexcept
    {
        name_request** link = &requests.first;
        while (*link != nullptr && (*link)->number_ != number) {
            link = &(*link)->next_;
        }
        const bool found = *link != nullptr;
        if (found) {
            *link = (*link)->next_;
        }
        return found;
    }

private:
    void run(const kernel::packet&) noexcept override
    {
        const std::unique_ptr<name_request> self(this);
        resolver::record found;
        int error = WSAENOBUFS;
        try {
            error = find_(found);
        } catch (const std::bad_alloc&) {
            // the code says so
        }
        const call_scope scope;  // the last cleanup waits for what is under way, and nothing comes after it
        if (scope) {
            answer(found, error);
        }
    }

    void answer(const resolver::record& found, int error) noexcept
    {
        std::size_t size = 0;
        {
            // Whoever cancels either comes first or finds that the request has ended.
            std::lock_guard lock(requests.mutex);
            if (!leave(number_)) {
                return;
            }
            if (error == 0) {
                const auto room = static_cast<std::size_t>(std::max(reply_.size, 0));
                size = write_record(found, reply_.kind, reply_.buffer, room);
                error = size <= room ? 0 : WSAENOBUFS;
            }
        }
        (void)post_to_window(reply_.window, reply_.message, number_, WSAMAKEASYNCREPLY(size, error));
    }

    const name_reply reply_;
    const find_record find_;
    std::uintptr_t number_ = 0;
    name_request* next_ = nullptr;
};

// Writes one thing behind the other, as far as there is room, and counts what all of it takes.
class record_writer {
public:
    record_writer(char* buffer, std::size_t size) noexcept : buffer_(buffer), size_(size) {}

    /// Room for that many bytes; where they will be.
    char* take(std::size_t bytes) noexcept
    {
        char* const place = buffer_ + used_;
        used_ += bytes;
        return place;
    }
    void store(char* place, const void* bytes, std::size_t count) noexcept
    {
        if (fits()) {
            std::memcpy(place, bytes, count);
        }
    }
    char* text(const std::string& value) noexcept
    {
        char* const place = take(value.size() + 1);
        store(place, value.c_str(), value.size() + 1);
        return place;
    }

    /// A list of pointers that ends with a null pointer; write(each) puts what one points to.
    template <class Items, class Write>
    char** list(const Items& items, Write&& write) noexcept
    {
        char* const pointers = take((items.size() + 1) * sizeof(char*));
        std::size_t index = 0;
        for (const auto& each : items) {
            char* const target = write(each);
            store(pointers + index++ * sizeof(char*), &target, sizeof target);
        }
        char* const end = nullptr;
        store(pointers + index * sizeof(char*), &end, sizeof end);
        return reinterpret_cast<char**>(pointers);
    }
    char** texts(const std::vector<std::string>& values) noexcept
    {
        return list(values, [this](const std::string& each) { return text(each); });
    }

    [[nodiscard]] bool fits() const noexcept { return buffer_ != nullptr && used_ <= size_; }
    [[nodiscard]] std::size_t used() const noexcept { return used_; }

private:
    char* buffer_;
    std::size_t size_;
    std::size_t used_ = 0;
};

HOSTENT host_entry(const resolver::record& found, record_writer& out) noexcept
{
    const bool v6 = found.kind == resolver::family::ipv6;
    const std::size_t length = v6 ? 16 : 4;
    HOSTENT entry{};
    entry.h_aliases = out.texts(found.aliases);
    entry.h_addr_list = out.list(found.addresses, [&](const auto& each) {
        char* const place = out.take(length);
        out.store(place, each.data(), length);
        return place;
    });
    entry.h_name = out.text(found.name);
    entry.h_addrtype = v6 ? AF_INET6 : AF_INET;
    entry.h_length = static_cast<short>(length);
    return entry;
}

SERVENT service_entry(const resolver::record& found, record_writer& out) noexcept
{
    SERVENT entry{};
    entry.s_aliases = out.texts(found.aliases);
    entry.s_name = out.text(found.name);
    entry.s_proto = out.text(found.protocol_name);
    entry.s_port = static_cast<short>(htons(static_cast<u_short>(found.number)));
    return entry;
}

PROTOENT protocol_entry(const resolver::record& found, record_writer& out) noexcept
{
    PROTOENT entry{};
    entry.p_aliases = out.texts(found.aliases);
    entry.p_name = out.text(found.name);
    entry.p_proto = static_cast<short>(found.number);
    return entry;
}

// The entry comes first in the buffer, so that the caller finds it there.
template <class Make>
void write_entry(record_writer& out, const resolver::record& found, Make make) noexcept
{
    using entry_type = decltype(make(found, out));
    char* const place = out.take(sizeof(entry_type));
    const entry_type entry = make(found, out);
    out.store(place, &entry, sizeof entry);
}

}  // namespace

std::size_t write_record(const resolver::record& found, record_kind kind, char* buffer,
                         std::size_t size) noexcept
{
    record_writer out(buffer, size);
    switch (kind) {
    case record_kind::host:
        write_entry(out, found, &host_entry);
        break;
    case record_kind::service:
        write_entry(out, found, &service_entry);
        break;
    case record_kind::protocol:
        write_entry(out, found, &protocol_entry);
        break;
    }
    return out.used();
}

std::uintptr_t begin_name_request(const name_reply& reply, find_record find) noexcept
{
    std::unique_ptr<name_request> made(new (std::nothrow) name_request(reply, std::move(find)));
    if (!made) {
        return 0;
    }
    std::uintptr_t number = 0;
    {
        std::lock_guard lock(requests.mutex);
        made->enter();
        number = made->number();
    }
    if (!run_in_pool(*made)) {
        std::lock_guard lock(requests.mutex);
        name_request::leave(number);
        return 0;
    }
    (void)made.release();  // run() deletes it
    return number;
}

int cancel_name_request(std::uintptr_t number) noexcept
{
    std::lock_guard lock(requests.mutex);
    if (number == 0 || number > requests.last_number) {
        return WSAEINVAL;
    }
    return name_request::leave(number) ? 0 : WSAEALREADY;
}

void cancel_name_requests() noexcept
{
    std::lock_guard lock(requests.mutex);
    requests.first = nullptr;
}

void lock_name_requests_for_fork() noexcept
{
    requests.mutex.lock();
}

void unlock_name_requests_after_fork(bool in_child) noexcept
{
    if (in_child) {
        requests.first = nullptr;
    }
    requests.mutex.unlock();
}

}  // namespace spindle::host
