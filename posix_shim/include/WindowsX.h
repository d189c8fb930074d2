#include "windowsx.h"
