// What a test can see of its own process from outside the library under test: threads, descriptors, mapped
// libraries, limits, environment. A neutral interface, so that sources with Winsock's headers can use it; the
// Linux half is in process_probe.cpp and answers to proc(5).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace spindle::test {

[[nodiscard]] unsigned this_process();
/// Without threads that were joined.
[[nodiscard]] std::size_t thread_count();
[[nodiscard]] std::size_t descriptor_count();
/// The numbers of all open descriptors, ascending.
[[nodiscard]] std::vector<int> open_descriptors();
[[nodiscard]] bool is_socket(int descriptor);
[[nodiscard]] bool is_close_on_exec(int descriptor);
/// Is a file whose path contains this text mapped into the process?
[[nodiscard]] bool is_mapped(const std::string& part_of_path);

/// A number for the calling thread that thread_sleeps() understands.
[[nodiscard]] long this_thread_number();
/// True when the thread waits in the system and has done so without a break for a few milliseconds.
[[nodiscard]] bool thread_sleeps(long number);

/// While it lives the process can open no descriptor beyond those it has.
class no_more_descriptors {
public:
    no_more_descriptors();
    no_more_descriptors(const no_more_descriptors&) = delete;
    no_more_descriptors& operator=(const no_more_descriptors&) = delete;
    ~no_more_descriptors();

private:
    unsigned long long soft_limit_ = 0;
    std::vector<int> fillers_;
};

/// Sets an environment variable while it lives.
class environment_setting {
public:
    environment_setting(const char* name, const char* value);
    environment_setting(const environment_setting&) = delete;
    environment_setting& operator=(const environment_setting&) = delete;
    ~environment_setting();

private:
    std::string name_;
    std::string before_;
    bool was_set_ = false;
};

/// Runs this test program again with the arguments; its exit code, or 1000 + signal number when a signal
/// ended it.
[[nodiscard]] int run_self(const std::vector<std::string>& arguments);

/// A shared library that stays loaded while it lives.
class shared_library {
public:
    /// Throws std::runtime_error with the loader's words.
    explicit shared_library(const std::string& path);
    shared_library(const shared_library&) = delete;
    shared_library& operator=(const shared_library&) = delete;
    ~shared_library();

    /// Null when the library exports no such name.
    [[nodiscard]] void* symbol(const char* name) const;

private:
    void* handle_ = nullptr;
};

}  // namespace spindle::test
