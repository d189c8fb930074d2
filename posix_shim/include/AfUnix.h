#include "afunix.h"
