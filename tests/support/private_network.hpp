// A network of the test's own, in a process of its own: only the loopback interface, to which addresses are added while
// somebody waits for such changes. System headers stay in the .cpp file.
#pragma once

namespace spindle::test {

/// What private_network() answers where the process may not have one.
inline constexpr int no_private_network = -1;

/// Runs the function in a child process with a network of its own and returns what it returned (0 to 255; 0: all well), or
/// no_private_network; -2 when the child did not end by itself.
int private_network(int (*body)());

/// Gives the loopback interface another IPv4 address, or takes it away. From inside private_network().
bool add_loopback_address(const char* address);
bool remove_loopback_address();

}  // namespace spindle::test
