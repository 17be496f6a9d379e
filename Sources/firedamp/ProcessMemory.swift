import CMalloc
import Foundation

/// How the daemon stays small on a gateway's little machine.
enum ProcessMemory {
    /// Call before the first thread is started.
    static func bound() {
        // One arena for all threads: what the desk allocates and frees for each advisory otherwise
        // spreads over as many as there are threads, and 1,000 standing halts weigh twice as much.
        mallopt(M_ARENA_MAX, 1)
        // Large pieces are mapped on their own, and given back when they are freed. Left to itself,
        // the allocator moves that bound up with each that is freed, and keeps them.
        mallopt(M_MMAP_THRESHOLD, 1 << 17)
    }

    /// Gives back what only the start needed: freed memory, and the code that parsed options and
    /// the site file. Code that is run again is mapped again, from the page cache.
    ///
    /// **Errors:** none; where the kernel does not tell what is mapped, all stays as it is.
    static func giveBackStart() {
        malloc_trim(0)
        // Read to its end: of a file that has no size Foundation takes the first page for all.
        guard let maps = try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd() else {
            return
        }
        for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") {
            guard let code = codeRange(line) else { continue }
            // Nothing can be lost: the range is part of a file, and nobody may write to it.
            unsafe madvise(
                UnsafeMutableRawPointer(bitPattern: code.lowerBound), code.count, MADV_DONTNEED)
        }
    }

    /// Gives back freed memory once a minute, on `queue`, as long as the process lives: what a bad
    /// minute needed would otherwise stay with the process for good.
    static func giveBackFreed(on queue: DispatchQueue) {
        queue.asyncAfter(deadline: .now() + .seconds(60)) {
            malloc_trim(0)
            giveBackFreed(on: queue)
        }
    }

    /// The addresses of a line of `/proc/self/maps` that is code of a file.
    private static func codeRange(_ line: Substring) -> Range<UInt>? {
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        guard fields.count == 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { return nil }
        let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard bounds.count == 2, bounds[0] < bounds[1] else { return nil }
        return bounds[0]..<bounds[1]
    }
}
