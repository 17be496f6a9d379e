internal import Foundation
internal import GasModel

/// The two clocks of the machine that arrivals are dated with.
enum HostClock {
    /// The civil one, which anybody may set.
    static func civil() -> Timestamp { Timestamp(nanoseconds: read(CLOCK_REALTIME)) }

    /// Nanoseconds since the machine was started, which nobody can set.
    static func uptime() -> Int64 { read(CLOCK_BOOTTIME) }

    private static func read(_ id: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(id, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
