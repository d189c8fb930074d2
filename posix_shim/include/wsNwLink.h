#include "wsnwlink.h"
