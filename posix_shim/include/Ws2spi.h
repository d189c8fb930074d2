#include "ws2spi.h"
