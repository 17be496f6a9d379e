internal import Foundation
internal import GasModel

/// The two clocks of the machine.
enum Clock {
    /// Civil time; an operator or NTP may set it.
    static func now() -> Timestamp { Timestamp(nanoseconds: read(CLOCK_REALTIME)) }

    /// Nanoseconds since the machine booted; nobody can set it.
    static func uptime() -> Int64 { read(CLOCK_BOOTTIME) }

    private static func read(_ id: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(id, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
