// A library that is no provider: it does not export WSPStartup.

extern "C" __attribute__((visibility("default"))) int spindle_test_nothing()
{
    return 0;
}
