#include "sal.h"
