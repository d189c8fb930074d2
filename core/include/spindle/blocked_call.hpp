// What a thread that waits in a blocking call leaves with its host, so that another thread can end the call. A plain type:
// provider and host share no symbols. Answers to the page "CancelSynchronousIo" (clauses CAN-14 and CAN-15).
#pragma once

namespace spindle {

/// In the provider's memory; linked by the host while the call is in progress, one within another.
struct blocked_call {
    /// On any thread and under the host's locks: must not block.
    void (*cancel)(void* context) = nullptr;
    void* context = nullptr;
    blocked_call* outer = nullptr;  ///< the host's own
};

}  // namespace spindle
