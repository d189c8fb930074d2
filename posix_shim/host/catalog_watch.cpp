// The watch on the catalog's file, see catalog_watch.hpp.
#include "host/catalog_watch.hpp"

#include "host/descriptor.hpp"
#include "kernel/fork_lock.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace spindle::host {

namespace {

// The directory is watched: a file that is replaced is another one each time.
constexpr std::uint32_t replacements = IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE;

class directory_watch {
public:
    directory_watch(const std::string& directory, void (*changed)() noexcept)
        : changed_(changed), changes_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)), stop_(eventfd(0, EFD_CLOEXEC))
    {
        good_ = changes_ && stop_ && inotify_add_watch(changes_.get(), directory.c_str(), replacements) >= 0;
        if (good_) {
            thread_ = std::thread([this] { run(); });
        }
    }
    directory_watch(const directory_watch&) = delete;
    directory_watch& operator=(const directory_watch&) = delete;
    ~directory_watch()
    {
        if (thread_.joinable()) {
            (void)eventfd_write(stop_.get(), 1);
            thread_.join();
        }
    }
    [[nodiscard]] bool good() const noexcept { return good_; }

private:
    void run() noexcept
    {
        pollfd sources[] = {{changes_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
        alignas(inotify_event) char events[4096];
        while (sources[1].revents == 0) {
            (void)poll(sources, 2, -1);
            if (sources[0].revents != 0) {
                (void)read(changes_.get(), events, sizeof events);
                changed_();
            }
        }
    }

    void (*const changed_)() noexcept;
    descriptor changes_;
    descriptor stop_;
    bool good_ = false;
    std::thread thread_;
};

constinit std::mutex mutex;
using locked = kernel::fork_safe_lock<mutex>;
constinit directory_watch* running = nullptr;
constinit std::string* watched = nullptr;

std::string directory_of_file(const std::string& path)
{
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

bool watch_catalog_file(const std::string& path, void (*changed)() noexcept) noexcept
try {
    const std::string directory = directory_of_file(path);
    const locked lock;
    if (running != nullptr && *watched == directory) {
        return true;
    }
    auto made = std::make_unique<directory_watch>(directory, changed);
    if (!made->good()) {
        return false;
    }
    auto name = std::make_unique<std::string>(directory);
    delete std::exchange(running, made.release());
    delete std::exchange(watched, name.release());
    return true;
} catch (const std::bad_alloc&) {
    return false;
} catch (const std::system_error&) {
    return false;
}

void end_catalog_watch() noexcept
{
    directory_watch* ended = nullptr;
    {
        const locked lock;
        ended = std::exchange(running, nullptr);
        delete std::exchange(watched, nullptr);
    }
    delete ended;
}

// The object of the parent's thread stays: it can neither be joined nor given up.
void forget_catalog_watch_after_fork() noexcept
{
    running = nullptr;
    watched = nullptr;
}

}  // namespace spindle::host
