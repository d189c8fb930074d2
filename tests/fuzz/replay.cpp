// All fuzz targets without a fuzzer: each file of the corpora, and variations of them from a fixed seed, so that every
// compiler and every sanitizer has its turn.
//   fuzz_replay CORPORA VARIATIONS      CORPORA holds a folder for each target
#include "fuzz_target.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace spindle::fuzz {

namespace {

registered_target* first_target = nullptr;

using bytes = std::vector<std::uint8_t>;

std::vector<bytes> read_corpus(const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> files;
    for (const auto& each : std::filesystem::directory_iterator(folder)) {
        files.push_back(each.path());
    }
    std::sort(files.begin(), files.end());  // the same variations on every machine
    std::vector<bytes> seeds;
    for (const auto& each : files) {
        std::ifstream file(each, std::ios::binary);
        seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return seeds;
}

class variations {
public:
    explicit variations(const std::vector<bytes>& seeds) : seeds_(seeds) {}

    bytes next()
    {
        bytes made = any_seed();
        for (std::size_t change = 1 + below(6); change > 0; --change) {
            vary(made);
        }
        return made;
    }

private:
    std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }
    const bytes& any_seed() { return seeds_[below(seeds_.size())]; }

    static void append(bytes& made, const bytes& more) { made.insert(made.end(), more.begin(), more.end()); }

    void vary(bytes& made)
    {
        const auto place = static_cast<std::ptrdiff_t>(below(made.size()));
        switch (made.empty() ? 0 : below(5)) {
        case 0:
            made.insert(made.begin() + place, static_cast<std::uint8_t>(random_()));
            break;
        case 1:
            made[static_cast<std::size_t>(place)] = static_cast<std::uint8_t>(random_());
            break;
        case 2:
            made[static_cast<std::size_t>(place)] ^= static_cast<std::uint8_t>(1U << below(8));
            break;
        case 3:
            made.erase(made.begin() + place);
            break;
        default:
            made.resize(static_cast<std::size_t>(place));
            append(made, any_seed());
        }
        made.resize(std::min<std::size_t>(made.size(), 4096));
    }

    const std::vector<bytes>& seeds_;
    std::mt19937 random_{20'480};
};

void run(const registered_target& target, const bytes& data)
{
    input in(data.data(), data.size());
    target.function(in);
}

bool replay(const registered_target& target, const std::filesystem::path& corpora, unsigned count)
{
    const auto seeds = read_corpus(corpora / target.name);
    if (seeds.empty()) {
        std::fprintf(stderr, "%s: no corpus\n", target.name);
        return false;
    }
    for (const bytes& each : seeds) {
        run(target, each);
    }
    variations varied(seeds);
    for (unsigned done = 0; done < count; ++done) {
        run(target, varied.next());
    }
    std::printf("%s: %zu seeds, %u variations\n", target.name, seeds.size(), count);
    return true;
}

}  // namespace

registered_target::registered_target(const char* its_name, target_function its_function) noexcept
    : name(its_name), function(its_function), next(first_target)
{
    first_target = this;
}

}  // namespace spindle::fuzz

int main(int count, char** arguments)
{
    using namespace spindle::fuzz;
    if (count != 3) {
        std::fputs("usage: fuzz_replay CORPORA VARIATIONS\n", stderr);
        return 2;
    }
    start_winsock();
    bool good = true;
    for (const registered_target* each = first_target; each != nullptr; each = each->next) {
        good = replay(*each, arguments[1], static_cast<unsigned>(std::atoi(arguments[2]))) && good;
    }
    WSACleanup();
    return good ? 0 : 1;
}
