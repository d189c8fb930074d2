// Answers from /proc, mallinfo2 and getrlimit; see proc(5).
#include "process_facts.hpp"

#include <array>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace spindle::stress {

std::size_t heap_in_use()
{
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

std::size_t resident_bytes()
{
    std::ifstream statm("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    statm >> total >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::size_t raise_descriptor_limit()
{
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_NOFILE, &files);
    return files.rlim_cur;
}

captured_stderr::captured_stderr()
    : saved_(dup(STDERR_FILENO)),
      file_(memfd_create("captured stderr", MFD_CLOEXEC))
{
    std::fflush(stderr);
    dup2(file_, STDERR_FILENO);
}

captured_stderr::~captured_stderr()
{
    end();
    close(file_);
}

void captured_stderr::end()
{
    if (saved_ >= 0) {
        std::fflush(stderr);
        dup2(saved_, STDERR_FILENO);
        close(saved_);
        saved_ = -1;
    }
}

std::string captured_stderr::text()
{
    end();
    std::string result;
    std::array<char, 4096> part;
    for (off_t at = 0;; at = static_cast<off_t>(result.size())) {
        const ssize_t got = pread(file_, part.data(), part.size(), at);
        if (got <= 0) {
            return result;
        }
        result.append(part.data(), static_cast<std::size_t>(got));
    }
}

long long field_of(const std::string& text, const std::string& name)
{
    const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
        auto value = at + name.size();
        const bool begins = at == 0 || !is_word(text[at - 1]);
        if (!begins || value == text.size() || (text[value] != '=' && text[value] != ':')) {
            continue;
        }
        value = text.find_first_not_of(" \"", value + 1);
        if (value != std::string::npos && std::isdigit(static_cast<unsigned char>(text[value])) != 0) {
            return std::stoll(text.substr(value));
        }
    }
    return -1;
}

}  // namespace spindle::stress
