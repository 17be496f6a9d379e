// The calls of libcurl that Swift cannot make: those that take a list of arguments of any length,
// through the addresses that dlsym gives. Nothing is linked, so that a daemon without a webhook
// does not carry libcurl and what it needs (33 libraries, 6 MB of resident memory). The numbers are
// those of curl/curl.h, which libcurl.so.4 never changes.
#include <stddef.h>

enum {
    curl_option_write_data = 10001,
    curl_option_url = 10002,
    curl_option_post_fields = 10015,
    curl_option_user_agent = 10018,
    curl_option_headers = 10023,
    curl_option_head_data = 10029,
    curl_option_no_progress = 43,
    curl_option_post = 47,
    curl_option_progress_data = 10057,
    curl_option_post_bytes = 60,
    curl_option_ca_file = 10065,
    curl_option_no_signal = 99,
    curl_option_timeout_ms = 155,
    curl_option_connect_timeout_ms = 156,
    curl_option_no_proxy = 10177,
    curl_option_protocols = 181,
    curl_option_write = 20011,
    curl_option_head = 20079,
    curl_option_progress = 20219,
    curl_protocols_http_and_https = 3,
    curl_info_status = 0x200002,
    curl_info_retry_after = 0x600039,
    curl_global_all = 3,
};

typedef size_t (*curl_write_call)(char *bytes, size_t size, size_t count, void *context);
typedef int (*curl_progress_call)(
    void *context, long long, long long, long long, long long);

static inline int curl_start(void *call, long flags) { return ((int (*)(long))call)(flags); }

static inline void *curl_handle(void *call) { return ((void *(*)(void))call)(); }

static inline int curl_set_long(void *call, void *handle, int option, long value) {
    return ((int (*)(void *, int, ...))call)(handle, option, value);
}

static inline int curl_set_pointer(void *call, void *handle, int option, const void *value) {
    return ((int (*)(void *, int, ...))call)(handle, option, value);
}

static inline int curl_set_write(void *call, void *handle, int option, curl_write_call value) {
    return ((int (*)(void *, int, ...))call)(handle, option, value);
}

static inline int curl_set_progress(void *call, void *handle, curl_progress_call value) {
    return ((int (*)(void *, int, ...))call)(handle, curl_option_progress, value);
}

static inline int curl_get_long(void *call, void *handle, int info, long *value) {
    return ((int (*)(void *, int, ...))call)(handle, info, value);
}

static inline int curl_get_offset(void *call, void *handle, int info, long long *value) {
    return ((int (*)(void *, int, ...))call)(handle, info, value);
}

static inline int curl_run(void *call, void *handle) { return ((int (*)(void *))call)(handle); }

// For what takes a handle or a list and returns nothing.
static inline void curl_do(void *call, void *what) { ((void (*)(void *))call)(what); }

static inline void *curl_append(void *call, void *list, const char *text) {
    return ((void *(*)(void *, const char *))call)(list, text);
}

static inline const char *curl_words(void *call, int code) {
    return ((const char *(*)(int))call)(code);
}
