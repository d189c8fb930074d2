// What the tests of spindle-catalog share: a catalog file of the test's own, the tool's answers, a system that fails at a
// chosen call.
#pragma once

#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "kernel/temporary_directory.hpp"
#include "support/catch.hpp"
#include "support/process_probe.hpp"
#include "tool.hpp"
#include "winsock_backend.hpp"

namespace spindle::test {

using namespace spindle::catalog_tool;

/// As after a power cut: nobody catches it.
struct broken_off : std::runtime_error {
    broken_off() : std::runtime_error("broken off") {}
};

/// The system's functions, of which one call that would change something can be made to go wrong.
class watched_backend final : public backend {
public:
    enum class trouble { none, refused, dies };

    int changes = 0;  ///< calls that would change something
    int wrong_at = 0;
    trouble how = trouble::none;

    [[nodiscard]] bool has_other() const override { return real_->has_other(); }
    [[nodiscard]] int read(snapshot& now) override { return real_->read(now); }
    [[nodiscard]] int install(const GUID& id, const std::string& path, const info_list& infos, bool everywhere) override
    {
        return change([&] { return real_->install(id, path, infos, everywhere); });
    }
    [[nodiscard]] int install_layer(const layer& wanted) override
    {
        return change([&] { return real_->install_layer(wanted); });
    }
    [[nodiscard]] int update(which catalog, const GUID& id, const std::string& path, const info_list& infos) override
    {
        return change([&] { return real_->update(catalog, id, path, infos); });
    }
    [[nodiscard]] int remove(which catalog, const GUID& id) override
    {
        return change([&] { return real_->remove(catalog, id); });
    }
    [[nodiscard]] int order(which catalog, const std::vector<DWORD>& ids) override
    {
        return change([&] { return real_->order(catalog, ids); });
    }
    [[nodiscard]] int set_categories(which catalog, const GUID& id, DWORD categories) override
    {
        return change([&] { return real_->set_categories(catalog, id, categories); });
    }

private:
    int change(const std::function<int()>& call)
    {
        if (++changes == wrong_at && how == trouble::dies) {
            throw broken_off();
        }
        return changes == wrong_at && how == trouble::refused ? WSANO_RECOVERY : call();
    }

    std::unique_ptr<backend> real_ = make_winsock_backend();
};

/// A catalog file, and libraries to install.
class tool_world {
public:
    tool_world()
    {
        // A header is all that is looked at.
        std::string header("\x7f""ELF\x01\x01\x01", 7);
        header.resize(52);
        header[16] = 3;
        library32 = directory.make("library32.so", header);
    }

    int run(std::vector<std::string> words)
    {
        std::ostringstream out_stream;
        std::ostringstream err_stream;
        const int code = run_tool(words, system, out_stream, err_stream);
        out = out_stream.str();
        err = err_stream.str();
        return code;
    }
    int apply(std::vector<std::string> words)
    {
        words.emplace_back("--apply");
        return run(words);
    }
    snapshot now()
    {
        snapshot found;
        REQUIRE(system.read(found) == 0);
        return found;
    }
    [[nodiscard]] bool says(const std::string& text) const { return (out + err).find(text) != std::string::npos; }
    [[nodiscard]] std::vector<std::string> install_both() const
    {
        return {"install", "--library", library, "--library32", library32, "--first"};
    }

    temporary_directory directory;
    environment_setting setting{"SPINDLE_CATALOG", directory.file("catalog").c_str()};
    std::string library = SPINDLE_SPI_FILE;
    std::string library32;
    watched_backend system;
    std::string out;
    std::string err;
};

}  // namespace spindle::test
