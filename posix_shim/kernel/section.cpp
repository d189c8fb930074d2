// See section.hpp.
#include "kernel/section.hpp"

#include <unistd.h>

namespace spindle::kernel {

section::~section()
{
    close(descriptor_);
}

}  // namespace spindle::kernel
