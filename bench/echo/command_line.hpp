// The command line of the load generator and of the servers written for it: "--name value" pairs and "--name"
// switches. The Winsock servers have their own, they share nothing with Linux.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace bench {

class command_line {
public:
    command_line(int count, char** words) : count_(count), words_(words) {}

    /// The value behind --name, or `otherwise`.
    const char* text(const char* name, const char* otherwise) const
    {
        const int at = find(name);
        return at > 0 && at + 1 < count_ ? words_[at + 1] : otherwise;
    }
    double number(const char* name, double otherwise) const
    {
        const char* const value = text(name, nullptr);
        return value != nullptr ? std::atof(value) : otherwise;
    }
    template <typename Integer>
    Integer count(const char* name, Integer otherwise) const
    {
        const char* const value = text(name, nullptr);
        return value != nullptr ? static_cast<Integer>(std::strtoll(value, nullptr, 10)) : otherwise;
    }
    bool has(const char* name) const { return find(name) > 0; }

private:
    int find(const char* name) const
    {
        for (int at = 1; at < count_; ++at) {
            if (std::strcmp(words_[at], name) == 0) {
                return at;
            }
        }
        return 0;
    }

    int count_;
    char** words_;
};

/// What every echo server of the comparison is told.
struct server_options {
    unsigned short port = 0;  // 0: any, printed
    int threads = 1;
    std::size_t size = 64 * 1024;  // bytes of a connection's buffer
    long connections = 0;          // ends after so many have gone; 0: never
    bool udp = false;
};

inline server_options read_server_options(int argc, char** argv)
{
    const command_line line(argc, argv);
    server_options options;
    options.port = line.count<unsigned short>("--port", 0);
    options.threads = line.count<int>("--threads", 1);
    options.size = line.count<std::size_t>("--size", options.size);
    options.connections = line.count<long>("--connections", 0);
    options.udp = line.has("--udp");
    return options;
}

inline void announce(unsigned short port)
{
    std::printf("listening on 127.0.0.1:%d\n", port);
    std::fflush(stdout);
}

}  // namespace bench
