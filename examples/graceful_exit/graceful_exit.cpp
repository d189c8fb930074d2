// Sends every file over a connection of its own and calls WSACleanup the moment the last send() has returned:
// no shutdown, no closesocket, no waiting. What was handed over must arrive nevertheless, and then nothing of
// the provider may be left in the process. Facts go to stdout as JSON lines; demo.py plays the receiver and
// judges. Plain Winsock; answers to the page "WSACleanup function (winsock2.h)".
#include <winsock2.h>

#include "sha256.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace {

struct settings {
    sockaddr_in receiver{};
    int rounds = 1;
    std::vector<std::string> files;
};

struct transfer {
    std::string file;
    bool blocking = true;
    SOCKET socket = INVALID_SOCKET;
    unsigned long long bytes = 0;
    unsigned long long send_calls = 0;
    unsigned long long would_block = 0;
    std::string digest;
    std::string problem;
};

// The process as the system sees it. Where there is no /proc nothing is claimed: -1.
struct process_facts {
    int descriptors = -1;
    int threads = -1;
    int provider_mapped = -1;
};

std::mutex output_mutex;

void print_line(const std::string& json)
{
    const std::lock_guard lock(output_mutex);
    std::printf("%s\n", json.c_str());
    std::fflush(stdout);
}

std::string json_text(const std::string& text)
{
    std::string result = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') {
            result += '\\';
        }
        result += letter;
    }
    return result + '"';
}

int entries(const char* folder)
{
    std::error_code failed;
    int count = 0;
    for (std::filesystem::directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed)) {
        ++count;
    }
    return failed ? -1 : count;
}

process_facts look_at_process()
{
    process_facts facts;
    facts.descriptors = entries("/proc/self/fd");
    facts.threads = entries("/proc/self/task");
    std::ifstream maps("/proc/self/maps");
    if (maps) {
        facts.provider_mapped = 0;
        for (std::string line; std::getline(maps, line);) {
            if (line.find("spindle_spi") != std::string::npos) {
                facts.provider_mapped = 1;
            }
        }
    }
    return facts;
}

std::string to_json(const process_facts& facts)
{
    return "\"descriptors\":" + std::to_string(facts.descriptors) + ",\"threads\":"
           + std::to_string(facts.threads) + ",\"provider_mapped\":" + std::to_string(facts.provider_mapped);
}

std::string failure(const char* what)
{
    return std::string(what) + " failed with " + std::to_string(WSAGetLastError());
}

// Hands all of the chunk to the provider. A non-blocking socket whose queue is full is tried again a little
// later.
bool send_all(transfer& job, const char* data, std::size_t size)
{
    while (size > 0) {
        const int sent = send(job.socket, data, static_cast<int>(size), 0);
        if (sent == SOCKET_ERROR) {
            if (job.blocking || WSAGetLastError() != WSAEWOULDBLOCK) {
                job.problem = failure("send");
                return false;
            }
            ++job.would_block;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            continue;
        }
        ++job.send_calls;
        data += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

void connect_transfer(transfer& job, const sockaddr_in& receiver, int round, std::size_t index)
{
    job.socket = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (job.socket == INVALID_SOCKET) {
        job.problem = failure("socket");
        return;
    }
    if (connect(job.socket, reinterpret_cast<const sockaddr*>(&receiver), sizeof receiver) == SOCKET_ERROR) {
        job.problem = failure("connect");
        return;
    }
    u_long non_blocking = job.blocking ? 0 : 1;
    if (ioctlsocket(job.socket, FIONBIO, &non_blocking) == SOCKET_ERROR) {
        job.problem = failure("ioctlsocket");
        return;
    }
    sockaddr_in local{};
    int local_size = sizeof local;
    if (getsockname(job.socket, reinterpret_cast<sockaddr*>(&local), &local_size) == SOCKET_ERROR) {
        job.problem = failure("getsockname");
        return;
    }
    print_line("{\"event\":\"connected\",\"round\":" + std::to_string(round)
               + ",\"file\":" + std::to_string(index) + ",\"path\":" + json_text(job.file)
               + ",\"local_port\":" + std::to_string(ntohs(local.sin_port))
               + ",\"blocking\":" + (job.blocking ? "true" : "false") + "}");
}

// Blocking sockets send in pieces of 256 KiB. Non-blocking ones send a quarter of the file at once, which a
// Winsock provider takes as a whole and keeps in its own memory until the connection has room.
std::size_t piece_size(const transfer& job)
{
    const std::size_t smallest = 256 * 1024;
    std::error_code failed;
    const auto size = std::filesystem::file_size(job.file, failed);
    return job.blocking || failed ? smallest : static_cast<std::size_t>(size / 4) + smallest;
}

void run_transfer(transfer& job, const sockaddr_in& receiver, int round, std::size_t index)
{
    std::ifstream input(job.file, std::ios::binary);
    if (!input) {
        job.problem = "cannot read " + job.file;
        return;
    }
    connect_transfer(job, receiver, round, index);
    sha256 digest;
    std::vector<char> chunk(piece_size(job));
    while (job.problem.empty() && input) {
        input.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
        const auto size = static_cast<std::size_t>(input.gcount());
        if (send_all(job, chunk.data(), size)) {
            digest.add(chunk.data(), size);
            job.bytes += size;
        }
    }
    job.digest = digest.finish();
}

void report_transfer(const transfer& job, int round, std::size_t index)
{
    print_line("{\"event\":\"sent\",\"round\":" + std::to_string(round) + ",\"file\":" + std::to_string(index)
               + ",\"bytes\":" + std::to_string(job.bytes) + ",\"send_calls\":"
               + std::to_string(job.send_calls) + ",\"would_block\":" + std::to_string(job.would_block)
               + ",\"sha256\":\"" + job.digest + "\",\"problem\":" + json_text(job.problem) + "}");
}

// One life of the provider. True when everything was handed over and WSACleanup succeeded.
bool run_round(const settings& wanted, int round)
{
    const std::string prefix = "{\"round\":" + std::to_string(round) + ",\"event\":";
    print_line(prefix + "\"before\"," + to_json(look_at_process()) + "}");
    WSADATA data;
    if (const int error = WSAStartup(MAKEWORD(2, 2), &data); error != 0) {
        std::fprintf(stderr, "WSAStartup failed with %d\n", error);
        return false;
    }

    std::vector<transfer> jobs(wanted.files.size());
    std::vector<std::thread> senders;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        jobs[i].file = wanted.files[i];
        jobs[i].blocking = i % 2 != 0;
        senders.emplace_back(run_transfer, std::ref(jobs[i]), std::cref(wanted.receiver), round, i);
    }
    for (std::thread& sender : senders) {
        sender.join();
    }
    print_line(prefix + "\"cleanup_begins\"," + to_json(look_at_process()) + "}");
    const auto begin = std::chrono::steady_clock::now();
    const int result = WSACleanup();
    const std::chrono::duration<double> flush = std::chrono::steady_clock::now() - begin;
    print_line(prefix + "\"cleanup_ended\",\"result\":" + std::to_string(result)
               + ",\"seconds\":" + std::to_string(flush.count()) + "," + to_json(look_at_process()) + "}");

    bool good = result == 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        report_transfer(jobs[i], round, i);
        good = good && jobs[i].problem.empty();
    }
    return good;
}

// "127.0.0.1:4711" as an address; false when the text is none.
bool parse_receiver(const std::string& text, sockaddr_in& address)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) {
        return false;
    }
    const unsigned long port = std::strtoul(text.c_str() + colon + 1, nullptr, 10);
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<u_short>(port));
    address.sin_addr.s_addr = inet_addr(text.substr(0, colon).c_str());
    return port > 0 && port < 65536 && address.sin_addr.s_addr != INADDR_NONE;
}

bool parse_arguments(int argc, char* argv[], settings& wanted)
{
    bool connected = false;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--connect" && i + 1 < argc) {
            connected = parse_receiver(argv[++i], wanted.receiver);
        } else if (argument == "--rounds" && i + 1 < argc) {
            wanted.rounds = std::atoi(argv[++i]);
        } else if (argument.compare(0, 2, "--") == 0) {
            return false;
        } else {
            wanted.files.push_back(argument);
        }
    }
    return connected && wanted.rounds > 0 && !wanted.files.empty();
}

}  // namespace

int main(int argc, char* argv[])
{
    settings wanted;
    if (!parse_arguments(argc, argv, wanted)) {
        std::fprintf(stderr, "usage: graceful_exit --connect ADDRESS:PORT [--rounds N] FILE...\n");
        return 2;
    }
    bool good = true;
    for (int round = 1; round <= wanted.rounds && good; ++round) {
        good = run_round(wanted, round);
    }
    return good ? 0 : 1;
}
