package import GasModel

/// From instants to the columns of a picture, with marks at round times.
package struct TimeAxis {
    private static let steps: [Int64] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
        86_400, 172_800, 604_800, 1_209_600, 2_592_000, 5_184_000, 15_552_000,
    ]
    /// From so many days on marks name their year too.
    private static let yearDaysMin = 300.0
    private static let marksMax: Int64 = 12

    let left: Double
    let width: Double
    private let start: Timestamp
    private let seconds: Double
    private let offsetSeconds: Int

    /// An axis from `start` to `end`, in the civil time `offsetSeconds` east of UTC.
    package init(
        from start: Timestamp, to end: Timestamp, left: Double, width: Double, offsetSeconds: Int
    ) {
        self.left = left
        self.width = width
        self.start = start
        self.offsetSeconds = offsetSeconds
        seconds = max(end.seconds(since: start), 1)
    }

    /// Where `time` stands, within the axis.
    func x(_ time: Timestamp) -> Double {
        left + min(max(time.seconds(since: start) / seconds, 0), 1) * width
    }

    /// Round times with what is written at them; the day where it begins.
    package var marks: [(x: Double, label: String, isDay: Bool)] {
        let whole = Int64(seconds)
        let day: Int64 = 86_400
        let hasYear = seconds >= Self.yearDaysMin * 86_400
        let step =
            Self.steps.first { whole / $0 <= Self.marksMax }
            ?? (whole / Self.marksMax / day + 1) * day
        let offset = Int64(offsetSeconds)
        var local = (start.nanoseconds / 1_000_000_000 + offset) / step * step
        var marks: [(Double, String, Bool)] = []
        while true {
            let time = Timestamp(nanoseconds: (local - offset) * 1_000_000_000)
            defer { local += step }
            let passed = time.seconds(since: start)
            if passed < 0 { continue }
            if passed > seconds { return marks }
            let text = time.rfc3339Seconds(offsetSeconds: offsetSeconds)
            let isDay = local % day == 0
            let date = hasYear ? text.prefix(10) : text.dropFirst(5).prefix(5)
            let clock = text.dropFirst(11).prefix(step < 60 ? 8 : 5)
            marks.append((x(time), isDay ? "\(date)" : "\(clock)", isDay))
        }
    }
}

/// Round values from 0, or from below it, to the top of an axis.
struct ValueAxis {
    let low: Double
    let high: Double
    let step: Double

    /// An axis that holds `values`.
    init(_ values: [Double]) {
        let most = values.max() ?? 1
        let least = min(0, values.min() ?? 0)
        // A barometer's 1000 hPa says nothing when the axis begins at 0.
        let isFar = least == 0 && (values.min() ?? 0) > most * 0.7 && most > 50
        let from = isFar ? values.min() ?? 0 : least
        let span = max(most - from, 1e-3)
        var unit = 1e-4
        while unit * 10 < span { unit *= 10 }
        step = [0.1, 0.2, 0.5, 1, 2, 5].map { $0 * unit }.first { span / $0 <= 6 } ?? unit * 10
        low = (from / step).rounded(.down) * step
        high = ((most + span * 0.04) / step).rounded(.up) * step
    }

    /// The values that are written.
    var marks: [Double] {
        let count = Int(((high - low) / step).rounded())
        return (0...max(count, 1)).map { low + Double($0) * step }
    }

    /// How many decimals they take.
    var places: Int { step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3 }
}
