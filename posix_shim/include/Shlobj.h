#include "shlobj.h"
