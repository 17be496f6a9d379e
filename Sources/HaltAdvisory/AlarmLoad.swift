package import GasModel

/// How many alarms came upon one operator position in the last ten minutes, and whether that is
/// more than a person can take.
///
/// **Source:** EEMUA 191 and ISA-18.2 as they are commonly quoted, not checked against their text:
/// a flood begins with more than ten alarms in ten minutes and ends with fewer than five. **Time:**
/// that of the announcements; a civil clock that is put back counts on where it stood. **Memory:**
/// 2.4 KB.
package struct AlarmLoad: Sendable, Equatable {
    /// Length of the window. Seconds.
    package static let windowSeconds = 600
    /// More than so many in the window are a flood.
    package static let floodCountMin = 11
    /// Fewer than so many end it.
    package static let calmCountMax = 4

    /// Alarms of each second of the window, at the second modulo its length.
    private var counts = [UInt32](repeating: 0, count: AlarmLoad.windowSeconds)
    private var second = Int64.min
    /// How many there are in the window.
    package private(set) var count = 0
    /// Whether there is a flood.
    package private(set) var isFlood = false
    /// The most that there were in a window since the flood began.
    package private(set) var peak = 0

    /// Nothing yet.
    package init() {}

    /// An alarm came. Returns whether a flood begins with it.
    package mutating func take(at time: Timestamp) -> Bool {
        moveOn(to: time)
        counts[slot] += 1
        count += 1
        peak = max(peak, count)
        guard !isFlood, count >= Self.floodCountMin else { return false }
        isFlood = true
        peak = count
        return true
    }

    /// Time has passed. Returns whether a flood ends with that.
    package mutating func pass(to time: Timestamp) -> Bool {
        moveOn(to: time)
        guard isFlood, count <= Self.calmCountMax else { return false }
        isFlood = false
        return true
    }

    /// The second that it has come to; `nil` before the first alarm.
    package var newest: Timestamp? {
        second == .min ? nil : Timestamp(nanoseconds: second * 1_000_000_000)
    }

    private var slot: Int {
        let rest = Int(second % Int64(Self.windowSeconds))
        return rest < 0 ? rest + Self.windowSeconds : rest
    }

    private mutating func moveOn(to time: Timestamp) {
        let now = time.nanoseconds / 1_000_000_000
        guard now > second else { return }
        if second == .min || now - second >= Int64(Self.windowSeconds) {
            counts = [UInt32](repeating: 0, count: Self.windowSeconds)
            count = 0
            second = now
            return
        }
        while second < now {
            second += 1
            count -= Int(counts[slot])
            counts[slot] = 0
        }
    }
}

extension Announcement {
    /// Whether it calls for somebody's attention: what the load of an operator is counted by.
    package var isAlarm: Bool {
        guard advisory != nil, act == nil else { return false }
        switch (severity, transition) {
        case (.halt, .raised), (.halt, .worse), (.halt, .back): return true
        case (.alarm, .raised), (.alarm, .worse), (.alarm, .back): return true
        case (.warning, .raised), (.warning, .worse), (.warning, .back): return true
        case (.fault, .raised), (.fault, .worse), (.fault, .back): return true
        default: return false
        }
    }

    /// Whether it may be told together with others in a flood: nothing that is a halt, and nothing
    /// that a person or the daemon itself says.
    package var mayBeGrouped: Bool {
        guard advisory != nil, act == nil else { return false }
        switch severity {
        case .alarm, .warning, .fault: return true
        case .halt, .notice, .heartbeat: return false
        }
    }
}
