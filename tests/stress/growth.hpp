// Watches that a process does not grow while something is repeated: descriptors and threads not at all,
// memory not beyond what fragmentation explains.
#pragma once

#include <cstddef>

#include "process_facts.hpp"
#include "scale.hpp"
#include "support/catch.hpp"
#include "support/process_probe.hpp"

namespace spindle::stress {

class growth_watch {
public:
    /// To be called after each repetition; the first call remembers descriptors and threads.
    void after(int repetition)
    {
        const auto descriptors = spindle::test::descriptor_count();
        const auto threads = spindle::test::thread_count();
        if (repetition == 0) {
            descriptors_ = descriptors;
            threads_ = threads;
        }
        INFO("repetition " << repetition);
        REQUIRE(descriptors == descriptors_);
        REQUIRE(threads == threads_);
    }

    /// To be called when caches are warm, and once more at the end.
    void remember_memory()
    {
        heap_ = heap_in_use();
        resident_ = resident_bytes();
    }
    void check_memory() const
    {
        constexpr std::size_t heap_slack = std::size_t{64} * 1024;
        constexpr std::size_t resident_slack = std::size_t{4} * 1024 * 1024;
        // A sanitizer keeps freed memory on purpose and finds what leaks by itself.
        if constexpr (!sanitized) {
            CHECK(heap_in_use() <= heap_ + heap_slack);
            CHECK(resident_bytes() <= resident_ + resident_slack);
        }
    }

private:
    std::size_t descriptors_ = 0;
    std::size_t threads_ = 0;
    std::size_t heap_ = 0;
    std::size_t resident_ = 0;
};

}  // namespace spindle::stress
