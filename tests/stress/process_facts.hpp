// What the stress tests ask about their own process beyond support/process_probe.hpp: memory, limits, and
// what it wrote to stderr. No sockets here.
#pragma once

#include <cstddef>
#include <string>

namespace spindle::stress {

/// Bytes in use as malloc counts them; a sanitizer's malloc does not count.
[[nodiscard]] std::size_t heap_in_use();
[[nodiscard]] std::size_t resident_bytes();
/// Raises the soft limit of open descriptors as far as allowed; returns what holds now.
std::size_t raise_descriptor_limit();

/// Collects what the process writes to stderr, the provider's trace lines among them, from here to text().
class captured_stderr {
public:
    captured_stderr();
    captured_stderr(const captured_stderr&) = delete;
    captured_stderr& operator=(const captured_stderr&) = delete;
    ~captured_stderr();

    /// Ends the capture and returns what was written.
    [[nodiscard]] std::string text();

private:
    void end();

    int saved_ = -1;
    int file_ = -1;
};

/// The number behind `name=` (or `name:`, quoted or not) in a trace line; -1 when it is not there.
[[nodiscard]] long long field_of(const std::string& text, const std::string& name);

}  // namespace spindle::stress
