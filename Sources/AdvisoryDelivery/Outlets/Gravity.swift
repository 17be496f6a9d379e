internal import GasModel
package import HaltAdvisory

/// How grave an announcement is among those that wait: halts first, then by severity, then by how
/// far the value is over its limit.
package struct Gravity: Sendable, Comparable {
    /// 0 for a heartbeat to 5 for a halt.
    let rank: UInt8
    /// The value in parts of its limit, 1 at the limit; endless where a head was driven past its
    /// range, 0 where there is no number or the condition is over.
    let excess: Float

    /// How grave `announcement` is.
    package init(_ announcement: Announcement) {
        rank =
            switch announcement.severity {
            case .halt: 5
            case .alarm: 4
            case .warning: 3
            case .fault: 2
            case .notice: 1
            case .heartbeat: 0
            }
        excess = Self.excess(announcement)
    }

    /// A gravity by its parts.
    init(rank: UInt8, excess: Float) {
        self.rank = rank
        self.excess = excess
    }

    /// Less grave is less.
    package static func < (a: Gravity, b: Gravity) -> Bool {
        (a.rank, a.excess) < (b.rank, b.excess)
    }

    private static func excess(_ announcement: Announcement) -> Float {
        // The limit of a condition that is over is the one that it has to stay below.
        guard let cause = announcement.cause, announcement.advisory?.state == .active else {
            return 0
        }
        if cause.quality == Reading.Quality.aboveRange.word { return .infinity }
        guard let value = cause.value, let text = announcement.limit else { return 0 }
        let isUpper = text.hasPrefix(">")
        guard let limit = Float(text.drop { !$0.isNumber && $0 != "-" }), limit > 0 else {
            return 0
        }
        let measured = max(Float(value), 0)
        return isUpper ? measured / limit : limit / max(measured, limit / 1000)
    }
}
