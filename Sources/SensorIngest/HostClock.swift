internal import Foundation
package import GasModel

/// The two clocks of the machine, for all that a daemon dates.
package enum HostClock {
    /// Civil time; an operator or NTP may set it. **Thread:** any.
    package static func now() -> Timestamp { Timestamp(nanoseconds: read(CLOCK_REALTIME)) }

    /// Nanoseconds since the machine booted; nobody can set it. **Thread:** any.
    package static func uptime() -> Int64 { read(CLOCK_BOOTTIME) }

    private static func read(_ id: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(id, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
