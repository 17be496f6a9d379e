internal import Foundation
internal import GasModel

/// The two clocks of the machine, and how far its civil time is from UTC.
enum Clock {
    /// Civil time; an operator or NTP may set it.
    static func now() -> Timestamp { Timestamp(nanoseconds: read(CLOCK_REALTIME)) }

    /// Nanoseconds since the machine booted; nobody can set it.
    static func uptime() -> Int64 { read(CLOCK_BOOTTIME) }

    /// Seconds that local time is east of UTC at `time`.
    static func offsetSeconds(at time: Timestamp) -> Int {
        var seconds = time_t(time.nanoseconds / 1_000_000_000)
        var local = unsafe tm()
        unsafe localtime_r(&seconds, &local)
        return unsafe local.tm_gmtoff
    }

    private static func read(_ id: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(id, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
