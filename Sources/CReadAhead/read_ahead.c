#include "read_ahead.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Thread_local struct read_ahead *used;

void read_ahead_use(struct read_ahead *ahead) { used = ahead; }

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SANITIZER_HAS_READ
#endif
#endif

// A sanitizer looks at every read(2) and has to be the one that is found.
#ifndef SANITIZER_HAS_READ

ssize_t read(int descriptor, void *into, size_t count) {
    struct read_ahead *ahead = used;
    if (ahead == NULL || ahead->descriptor != descriptor)
        return syscall(SYS_read, descriptor, into, count);
    if (ahead->begin == ahead->end) {
        if (count >= ahead->capacity) return syscall(SYS_read, descriptor, into, count);
        long got = syscall(SYS_read, descriptor, ahead->bytes, ahead->capacity);
        if (got <= 0) return got;
        ahead->begin = 0;
        ahead->end = (size_t)got;
    }
    size_t held = ahead->end - ahead->begin;
    if (count > held) count = held;
    memcpy(into, ahead->bytes + ahead->begin, count);
    ahead->begin += count;
    return (ssize_t)count;
}

#endif
