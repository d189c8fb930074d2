// Bytes a stream socket accepted from the client and the system has not taken yet, in issue order. Accounting
// only; who may append and when is stream_socket's affair (XFR-17 to XFR-20). Not thread-safe.
#pragma once

#include <cstddef>
#include <cstring>
#include <list>
#include <memory>

#include "spindle/buffer.hpp"

namespace spindle {

class send_queue {
public:
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Copies the bytes of the buffers behind the first `skip`. Urgent data: the last byte becomes the urgent one.
    void append(const_buffers buffers, std::size_t skip, bool urgent)
    {
        const std::size_t total = total_size(buffers) - skip;
        if (total == 0) {
            return;
        }
        chunk whole{std::make_unique_for_overwrite<std::byte[]>(total), total, 0, false};
        std::byte* out = whole.bytes.get();
        for (const auto& buffer : buffers) {
            const std::size_t passed = skip < buffer.size ? skip : buffer.size;
            skip -= passed;
            if (buffer.size > passed) {
                std::memcpy(out, static_cast<const std::byte*>(buffer.data) + passed, buffer.size - passed);
                out += buffer.size - passed;
            }
        }
        if (urgent) {
            split_urgent(whole);
        }
        chunks_.push_back(std::move(whole));
        size_ += total;
    }

    struct piece {
        const_buffer bytes;
        bool urgent = false;
    };

    /// The next bytes to send. Only while not empty.
    [[nodiscard]] piece front() const noexcept
    {
        const chunk& first = chunks_.front();
        return {{first.bytes.get() + first.sent, first.size - first.sent}, first.urgent};
    }

    void consume(std::size_t count) noexcept
    {
        chunk& first = chunks_.front();
        first.sent += count;
        size_ -= count;
        if (first.sent == first.size) {
            chunks_.pop_front();
        }
    }

    void clear() noexcept
    {
        chunks_.clear();
        size_ = 0;
    }

private:
    struct chunk {
        std::unique_ptr<std::byte[]> bytes;
        std::size_t size = 0;
        std::size_t sent = 0;
        bool urgent = false;
    };

    // A partial kernel send of urgent data would mark the wrong byte, so the urgent byte travels alone.
    void split_urgent(chunk& last)
    {
        if (last.size > 1) {
            chunk body{std::make_unique_for_overwrite<std::byte[]>(last.size - 1), last.size - 1, 0, false};
            std::memcpy(body.bytes.get(), last.bytes.get(), body.size);
            last.bytes[0] = last.bytes[body.size];
            last.size = 1;
            chunks_.push_back(std::move(body));
        }
        last.urgent = true;
    }

    std::list<chunk> chunks_;  // owns no memory while empty, as most queues are
    std::size_t size_ = 0;
};

}  // namespace spindle
