#include "wsipx.h"
