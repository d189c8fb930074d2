#include "rpcdce.h"
