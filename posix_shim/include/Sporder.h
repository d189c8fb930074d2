#include "sporder.h"
