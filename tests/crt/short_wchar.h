/* What short_wchar.c answers. */
#ifdef __cplusplus
extern "C" {
#endif
/* The expectation that does not hold; null when all do. */
const char *short_wchar_failure(void);
#ifdef __cplusplus
}
#endif
