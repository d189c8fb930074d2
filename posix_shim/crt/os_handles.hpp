// What closing a descriptor means for the handle that _get_osfhandle or _open_osfhandle connected with it.
#pragma once

namespace spindle::crt {

/// The handle of the descriptor, if one was given out, is closed. Before the descriptor is.
void forget_handle(int descriptor) noexcept;

}  // namespace spindle::crt
