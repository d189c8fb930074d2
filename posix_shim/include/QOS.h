#include "qos.h"
