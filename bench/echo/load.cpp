// The load generator of the echo benchmark: one thread, one epoll, plain system calls, the same for every server. The
// last line on standard output is the result as JSON; the line "counting" before it says when counting began. What a
// connection does is in stream_load.cpp and datagram_load.cpp.
//   load tcp|churn|idle|udp --port P [--connections C] [--size S] [--seconds D | --messages N] [--warm-up W]
// Exit code 0: every echo was as it should be.
#include "command_line.hpp"
#include "measurement.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <iterator>

namespace {

struct kind_of_load {
    const char* name;
    bool (*run)(const bench::load_options& options);
    std::size_t smallest;
    std::size_t largest;
};

constexpr std::size_t any_size = std::size_t{1} << 30;
constexpr kind_of_load kinds[] = {
    {"tcp", bench::run_streams, 1, any_size},
    {"churn", bench::run_churn, 1, any_size},
    {"idle", bench::run_idle, 1, any_size},
    {"udp", bench::run_datagrams, sizeof(std::uint64_t), 65507},
};

void raise_descriptor_limit()
{
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

}  // namespace

int main(int argc, char** argv)
{
    const bench::command_line line(argc, argv);
    bench::load_options options;
    options.mode = argc > 1 ? argv[1] : "";
    options.port = line.count<unsigned short>("--port", 0);
    options.connections = line.count<int>("--connections", options.connections);
    options.size = line.count<std::size_t>("--size", options.size);
    options.warm_up = line.number("--warm-up", options.warm_up);
    options.seconds = line.number("--seconds", options.seconds);
    options.messages = line.count<std::uint64_t>("--messages", 0);
    options.limit = line.number("--limit", options.limit);

    const auto* const kind = std::find_if(std::begin(kinds), std::end(kinds),
                                          [&](const kind_of_load& one) { return options.mode == one.name; });
    if (kind == std::end(kinds) || options.port == 0 || options.connections < 1 ||
        options.size < kind->smallest || options.size > kind->largest) {
        std::fprintf(stderr, "usage: load tcp|churn|idle|udp --port P [--connections C] [--size S]\n"
                             "            [--seconds D | --messages N] [--warm-up W] [--limit L]\n");
        return 2;
    }
    raise_descriptor_limit();
    return kind->run(options) ? 0 : 1;
}
