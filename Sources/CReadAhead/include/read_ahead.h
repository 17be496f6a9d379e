// Debian's libmosquitto takes a packet from its socket in three calls of read(2): one byte, the
// length, the rest. Four fifths of what a small message costs are these calls. Later versions of
// the library read ahead into a buffer; this does it for the version that is installed.
//
// The program has a `read` of its own, which the dynamic linker finds before that of the C library,
// for libmosquitto as for everybody. It hands every call on to the kernel as it is, but for one
// descriptor on one thread: there it takes from the kernel as much as there is, and serves the
// following calls from memory. Where the linker finds another `read` first, as a sanitizer's, no
// call comes by here and nothing changes but the speed.
#pragma once
#include <stddef.h>
#include <stdint.h>

// What was read ahead of one descriptor. Bytes from `begin` to `end` are still to be served.
struct read_ahead {
    int descriptor;
    uint8_t *bytes;
    size_t capacity;
    size_t begin;
    size_t end;
};

// From now on calls of this thread that read `ahead->descriptor` are served from `ahead`, which
// must live until another takes its place, or NULL. Whoever closes the descriptor sets `begin` and
// `end` to 0 before another gets its number.
void read_ahead_use(struct read_ahead *ahead);
