// The Linux half of process_probe.hpp: /proc, dlopen, limits and child processes.
#include "support/process_probe.hpp"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "self_command.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace spindle::test {
namespace {

std::vector<int> numbered_entries(const char* folder)
{
    std::vector<int> numbers;
    DIR* entries = ::opendir(folder);
    if (entries == nullptr) {
        throw std::runtime_error(std::string("cannot list ") + folder);
    }
    const int own = ::dirfd(entries);
    while (const dirent* entry = ::readdir(entries)) {
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9') {
            continue;
        }
        const int number = std::atoi(entry->d_name);
        if (number != own) {
            numbers.push_back(number);
        }
    }
    ::closedir(entries);
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

struct thread_state {
    char letter = '?';
    long waits = -1;  // how often the thread has gone to sleep so far
};

thread_state state_of(long number)
{
    std::ifstream file("/proc/self/task/" + std::to_string(number) + "/status");
    thread_state state;
    std::string word;
    while (file >> word) {
        if (word == "State:") {
            file >> state.letter;
        } else if (word == "voluntary_ctxt_switches:") {
            file >> state.waits;
        }
    }
    return state;
}

/// proc_pid_stat(5), flags: PF_EXITING of linux/sched.h. The system sets it before it wakes whoever joins the thread
/// and lists the thread for a moment longer.
bool is_exiting(int number)
{
    constexpr unsigned long exiting = 0x4;
    std::ifstream file("/proc/self/task/" + std::to_string(number) + "/stat");
    std::string line;
    std::getline(file, line);
    // The second field is a name in parentheses, which may hold anything; the flags are the seventh field behind it.
    std::istringstream fields(line.substr(line.rfind(')') + 1));
    std::string skipped;
    for (int field = 0; field < 6; ++field) {
        fields >> skipped;
    }
    unsigned long flags = 0;
    const bool gone = !(fields >> flags);  // since the folder was read
    return gone || (flags & exiting) != 0;
}

}  // namespace

unsigned this_process()
{
    return static_cast<unsigned>(::getpid());
}

std::size_t thread_count()
{
    const auto numbers = numbered_entries("/proc/self/task");
    return numbers.size() -
           static_cast<std::size_t>(std::count_if(numbers.begin(), numbers.end(), is_exiting));
}

std::vector<int> open_descriptors()
{
    return numbered_entries("/proc/self/fd");
}

std::size_t descriptor_count()
{
    return open_descriptors().size();
}

bool is_socket(int descriptor)
{
    struct stat about = {};
    return ::fstat(descriptor, &about) == 0 && S_ISSOCK(about.st_mode);
}

bool is_close_on_exec(int descriptor)
{
    const int flags = ::fcntl(descriptor, F_GETFD);
    return flags >= 0 && (flags & FD_CLOEXEC) != 0;
}

bool is_mapped(const std::string& part_of_path)
{
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        if (line.find(part_of_path) != std::string::npos) {
            return true;
        }
    }
    return false;
}

long this_thread_number()
{
    return ::syscall(SYS_gettid);
}

bool thread_sleeps(long number)
{
    const auto first = state_of(number);
    for (int turn = 0; turn < 4; ++turn) {
        const auto now = state_of(number);
        if (now.letter != 'S' || now.waits < 0 || now.waits != first.waits) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

no_more_descriptors::no_more_descriptors()
{
    rlimit limit = {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    soft_limit_ = limit.rlim_cur;
    limit.rlim_cur = static_cast<rlim_t>(open_descriptors().back() + 1);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    // Below the limit there may be gaps.
    for (int filler = ::dup(STDIN_FILENO); filler >= 0; filler = ::dup(STDIN_FILENO)) {
        fillers_.push_back(filler);
    }
}

no_more_descriptors::~no_more_descriptors()
{
    for (const int filler : fillers_) {
        ::close(filler);
    }
    rlimit limit = {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = static_cast<rlim_t>(soft_limit_);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

environment_setting::environment_setting(const char* name, const char* value) : name_(name)
{
    if (const char* before = std::getenv(name)) {
        before_ = before;
        was_set_ = true;
    }
    ::setenv(name, value, 1);
}

environment_setting::~environment_setting()
{
    if (was_set_) {
        ::setenv(name_.c_str(), before_.c_str(), 1);
    } else {
        ::unsetenv(name_.c_str());
    }
}

int run_self(const std::vector<std::string>& arguments)
{
    const self_command again(arguments);
    const pid_t child = ::vfork();
    if (child == 0) {
        again.run();
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child) {
        throw std::runtime_error("cannot run the test program again");
    }
    return exit_code(status);
}

shared_library::shared_library(const std::string& path)
    : handle_(::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL))
{
    if (handle_ == nullptr) {
        throw std::runtime_error(::dlerror());
    }
}

shared_library::~shared_library()
{
    ::dlclose(handle_);
}

void* shared_library::symbol(const char* name) const
{
    return ::dlsym(handle_, name);
}

}  // namespace spindle::test
