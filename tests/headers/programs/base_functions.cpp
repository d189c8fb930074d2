// The same program as C++.
#include "base_functions.c"
