/* Structures from here to poppack.h are packed to 8 bytes. */
#ifdef __clang__ /* the difference is the point */
#pragma clang diagnostic ignored "-Wpragma-pack"
#endif
#pragma pack(push, 8)
