#include "crtdbg.h"
