// spindle-catalog: lists, checks and changes the Winsock catalog. What it does is tool.hpp's matter.
#include "platform.hpp"
#include "tool.hpp"
#include "winsock_backend.hpp"

#include <exception>
#include <iostream>

int main(int count, char** words)
try {
    using namespace spindle::catalog_tool;
    const auto system = make_winsock_backend();
    return run_tool(command_line_words(count, words), *system, std::cout, std::cerr);
} catch (const std::exception& error) {
    std::cerr << "spindle-catalog: " << error.what() << '\n';
    return spindle::catalog_tool::exit_failed;
}
