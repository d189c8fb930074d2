#include "measurement.hpp"

#include <algorithm>
#include <cstdio>

namespace bench {

payload::payload(std::size_t size) : bytes_(size + period)
{
    // A linear congruential generator; only its upper bits are any good.
    std::uint64_t state = 0x9e3779b97f4a7c15U;
    for (char& byte : bytes_) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        byte = static_cast<char>(state >> 56);
    }
}

sockaddr_in loopback(unsigned short port, unsigned host)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(0x7f000000U + host);
    return address;
}

static clock::duration duration_of(double seconds)
{
    return std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds));
}

void measurement::start()
{
    const auto now = clock::now();
    if (options_.messages == 0 && options_.warm_up > 0) {
        next_ = now + duration_of(options_.warm_up);
    } else {
        begin_counting(now);
    }
}

void measurement::begin_counting(clock::time_point now)
{
    counting_ = true;
    began_ = now;
    next_ = now + duration_of(options_.messages != 0 ? options_.limit : options_.seconds);
    latencies_.clear();
    std::printf("counting\n");
    std::fflush(stdout);
}

void measurement::finish(clock::time_point now)
{
    over_ = true;
    ended_ = now;
}

void measurement::turn(clock::time_point now)
{
    if (over_ || now < next_) {
        return;
    }
    if (!counting_) {
        begin_counting(now);
        return;
    }
    gave_up_ = options_.messages != 0;
    finish(now);
}

int measurement::timeout() const
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_ - clock::now()).count();
    return static_cast<int>(std::clamp<long long>(left, 0, 1000));
}

void measurement::lost()
{
    ++lost_;
    if (options_.messages != 0 && answered_ + lost_ >= options_.messages) {
        finish(clock::now());
    }
}

void measurement::failed(const char* what)
{
    if (errors_++ == 0) {
        std::fprintf(stderr, "load: %s\n", what);
    }
}

void measurement::abandon()
{
    if (!over_) {
        if (!counting_) {
            began_ = clock::now();
        }
        gave_up_ = true;
        finish(clock::now());
    }
}

bool measurement::report() const
{
    const double seconds = std::chrono::duration<double>(ended_ - began_).count();
    const auto counted = latencies_.count();
    const auto microseconds = [](std::uint64_t value) { return static_cast<double>(value) / 1000; };
    std::printf(
        "{\"mode\": \"%s\", \"connections\": %d, \"size\": %zu, \"seconds\": %.6f, \"messages\": %llu, "
        "\"per_second\": %.1f, \"p50_us\": %.2f, \"p99_us\": %.2f, \"p999_us\": %.2f, \"max_us\": %.2f, "
        "\"lost\": %llu, \"errors\": %llu, \"gave_up\": %s}\n",
        options_.mode.c_str(), options_.connections, options_.size, seconds,
        static_cast<unsigned long long>(counted), seconds > 0 ? static_cast<double>(counted) / seconds : 0.0,
        microseconds(latencies_.quantile(0.5)), microseconds(latencies_.quantile(0.99)),
        microseconds(latencies_.quantile(0.999)), microseconds(latencies_.max()),
        static_cast<unsigned long long>(lost_), static_cast<unsigned long long>(errors_),
        gave_up_ ? "true" : "false");
    std::fflush(stdout);
    return errors_ == 0 && !gave_up_ && counted > 0;
}

}  // namespace bench
