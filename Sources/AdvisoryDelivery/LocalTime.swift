internal import Foundation
package import GasModel

/// The civil time of the machine's place.
package enum LocalTime {
    /// Seconds that it is east of UTC at `time`.
    package static func offsetSeconds(at time: Timestamp) -> Int {
        var seconds = time_t(time.nanoseconds / 1_000_000_000)
        var local = unsafe tm()
        unsafe localtime_r(&seconds, &local)
        return unsafe local.tm_gmtoff
    }
}
