// What ThreadSanitizer is told before the stress tests run. Its model of descriptors takes connect() for the
// making of the descriptor, so it calls it a race when another thread receives on the same datagram socket
// meanwhile, which both Winsock and the system allow (sanitizer runtime, FdSocketConnect). A call racing
// close() is still reported.

extern "C" const char* __tsan_default_suppressions();

extern "C" const char* __tsan_default_suppressions()
{
    return "race:spindle::native::connect\n";
}
