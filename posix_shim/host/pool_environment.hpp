// What the functions on the pool share: the environment and the instance that callbacks get. Answers to the page
// "InitializeThreadpoolEnvironment".
#pragma once

#include "host/winsock.hpp"

/// Names a callback that is running. No function takes it yet.
struct _TP_CALLBACK_INSTANCE {};

namespace spindle::host {

/// Pools and cleanup groups cannot be made here: an environment that names one was not made by these headers.
inline bool serves(const TP_CALLBACK_ENVIRON* environment) noexcept
{
    return environment == nullptr || (environment->Pool == nullptr && environment->CleanupGroup == nullptr);
}

}  // namespace spindle::host
