#include "winapifamily.h"
