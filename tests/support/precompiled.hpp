// What tests/CMakeLists.txt has read once for all tests. Sources still include what they use.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
