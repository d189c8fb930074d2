// Doors for tests, exported but in no installed header: a test puts a provider of its own in front of the
// catalog.
#pragma once

#include "host/winsock.hpp"

extern "C" {
#pragma GCC visibility push(default)

/// Adds a catalog entry before all others; dwCatalogEntryId is kept if it is not 0 and unused, else one is
/// assigned. Returns 0, WSAEFAULT for a null pointer, WSAEINVAL for an id in use. Works without WSAStartup;
/// entries stay until removed. Entries with the same path share one library, which is started once.
int spindle_test_add_provider(const WSAPROTOCOL_INFOW* info, const char* path_utf8);

/// Leaves only the built-in entries. To be called when no socket of an added entry exists.
void spindle_test_remove_providers(void);

/// While held (not 0), name look-ups that run beside their caller - overlapped ones and those with a time limit - do
/// not begin: a test meets them in progress. Works without WSAStartup.
void spindle_test_hold_look_ups(int held);

#pragma GCC visibility pop
}
