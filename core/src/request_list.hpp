// Pending requests of one direction of a socket, in issue order. Intrusive: adding and taking need no memory. Not
// thread-safe.
#pragma once

#include <utility>

#include "spindle/overlapped.hpp"

namespace spindle {

class request_list {
public:
    request_list() noexcept = default;
    request_list(request_list&& other) noexcept
        : first_(std::exchange(other.first_, nullptr)), last_(std::exchange(other.last_, nullptr))
    {}
    request_list& operator=(request_list&&) = delete;

    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
    [[nodiscard]] io_request& front() const noexcept { return *first_; }

    void push_back(io_request& request) noexcept
    {
        request.next_ = nullptr;
        (last_ != nullptr ? last_->next_ : first_) = &request;
        last_ = &request;
    }

    io_request& pop_front() noexcept
    {
        io_request& taken = *first_;
        first_ = taken.next_;
        if (first_ == nullptr) {
            last_ = nullptr;
        }
        return taken;
    }

    /// Moves all of `others`, in order, behind these.
    void append(request_list& others) noexcept
    {
        if (!others.empty()) {
            (last_ != nullptr ? last_->next_ : first_) = std::exchange(others.first_, nullptr);
            last_ = std::exchange(others.last_, nullptr);
        }
    }

    /// Moves the requests for which `which(request)` is true to the end of `to`, in order; returns how many.
    template <class Predicate>
    std::size_t move_if(request_list& to, Predicate&& which)
    {
        request_list kept;
        std::size_t moved = 0;
        while (!empty()) {
            io_request& each = pop_front();
            const bool taken = which(each);
            (taken ? to : kept).push_back(each);
            moved += taken ? 1 : 0;
        }
        first_ = std::exchange(kept.first_, nullptr);
        last_ = std::exchange(kept.last_, nullptr);
        return moved;
    }

    template <class Visitor>
    void for_each(Visitor&& visit) const
    {
        for (io_request* each = first_; each != nullptr; each = each->next_) {
            visit(*each);
        }
    }

    /// Notes how a request came out and adds it; tell_all() passes it on.
    void push_finished(io_request& request, const io_outcome& outcome) noexcept
    {
        request.outcome_ = outcome;
        push_back(request);
    }

    /// Calls finish() of each with its noted outcome. Without locks.
    void tell_all() noexcept
    {
        while (!empty()) {
            io_request& each = pop_front();
            each.finish(each.outcome_);
        }
    }

private:
    io_request* first_ = nullptr;
    io_request* last_ = nullptr;
};

}  // namespace spindle
