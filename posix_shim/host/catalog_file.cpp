// The catalog's file, see catalog_file.hpp.
#include "host/catalog_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <stdio.h>

namespace spindle::host {

namespace {

constexpr mode_t readable_by_all = 0644;
constexpr int tries = 500;
constexpr timespec between_tries{0, 10'000'000};

int open_file(const char* path, int flags) noexcept
{
    return open(path, flags | O_CLOEXEC, readable_by_all);
}

bool write_all(int target, std::string_view content) noexcept
{
    while (!content.empty()) {
        const ssize_t written = write(target, content.data(), content.size());
        if (written < 0 && errno != EINTR) {
            return false;
        }
        content.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return true;
}

bool write_new_file(const char* path, std::string_view content) noexcept
{
    const descriptor target(open_file(path, O_WRONLY | O_CREAT | O_TRUNC));
    return target && write_all(target.get(), content) && fsync(target.get()) == 0;
}

// Makes a rename last through a loss of power. Some file systems have nothing to synchronise and say so.
void synchronise_directory_of(const std::string& path) noexcept
{
    const auto slash = path.rfind('/');
    const std::string name = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const descriptor directory(open_file(name.c_str(), O_RDONLY | O_DIRECTORY));
    if (directory) {
        (void)fsync(directory.get());
    }
}

}  // namespace

file_state read_catalog_file(const std::string& path, std::string& content)
{
    const descriptor source(open_file(path.c_str(), O_RDONLY));
    if (!source) {
        return errno == ENOENT ? file_state::absent : file_state::unreadable;
    }
    content.clear();
    char block[4096];
    for (;;) {
        const ssize_t count = read(source.get(), block, sizeof block);
        if (count > 0) {
            content.append(block, static_cast<std::size_t>(count));
        } else if (count == 0) {
            return file_state::read;
        } else if (errno != EINTR) {
            return file_state::unreadable;
        }
    }
}

bool replace_catalog_file(const std::string& path, std::string_view content)
{
    const std::string made = path + ".new";
    if (!write_new_file(made.c_str(), content) || rename(made.c_str(), path.c_str()) != 0) {
        (void)unlink(made.c_str());
        return false;
    }
    synchronise_directory_of(path);
    return true;
}

// The lock has a file of its own, since the catalog's is another file after every change.
catalog_file_lock::catalog_file_lock(const std::string& path, bool wait)
    : file_(open_file((path + ".lock").c_str(), O_RDWR | O_CREAT))
{
    for (int left = wait ? tries : 1; file_ && left > 0; --left) {
        if (flock(file_.get(), LOCK_EX | LOCK_NB) == 0) {
            outcome_ = outcome::locked;
            return;
        }
        outcome_ = errno == EWOULDBLOCK ? outcome::busy : outcome::failed;
        if (outcome_ == outcome::failed && errno != EINTR) {
            return;
        }
        if (left > 1) {
            (void)nanosleep(&between_tries, nullptr);
        }
    }
}

}  // namespace spindle::host
