// A histogram of nanoseconds with a relative error below one per cent: 128 buckets for each power of two, as HDR
// histograms have them. Adding is an increment; nothing is allocated after construction.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

class histogram {
public:
    void add(std::uint64_t nanoseconds)
    {
        ++buckets_[bucket_of(nanoseconds)];
        ++count_;
        max_ = std::max(max_, nanoseconds);
    }

    void clear()
    {
        std::fill(buckets_.begin(), buckets_.end(), 0);
        count_ = 0;
        max_ = 0;
    }

    std::uint64_t count() const { return count_; }
    std::uint64_t max() const { return max_; }

    /// The value that `share` (0 to 1) of all values do not exceed; 0 when there is none.
    std::uint64_t quantile(double share) const
    {
        const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_));
        std::uint64_t seen = 0;
        for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
            seen += buckets_[bucket];
            if (seen > wanted) {
                return std::min(upper_end(bucket), max_);
            }
        }
        return max_;
    }

private:
    static constexpr unsigned sub_bits = 7;

    static std::size_t bucket_of(std::uint64_t value)
    {
        const unsigned width = static_cast<unsigned>(std::bit_width(value));
        const unsigned shift = width > sub_bits + 1 ? width - sub_bits - 1 : 0;
        return (static_cast<std::size_t>(shift) << sub_bits) + static_cast<std::size_t>(value >> shift);
    }
    static std::uint64_t upper_end(std::size_t bucket)
    {
        const std::size_t shift = bucket < (2U << sub_bits) ? 0 : (bucket >> sub_bits) - 1;
        return ((static_cast<std::uint64_t>(bucket - (shift << sub_bits)) + 1) << shift) - 1;
    }

    std::vector<std::uint64_t> buckets_ = std::vector<std::uint64_t>(std::size_t{66} << sub_bits);
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace bench
