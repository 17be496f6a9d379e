package import GasModel

/// "Were you blind?", shift by shift and place by place.
package struct GapReport: Codable, Sendable, Equatable {
    /// What was not seen of one place in one shift.
    package struct Row: Codable, Sendable, Equatable {
        /// When the shift began, or the time that is asked for, or the ledger; RFC 3339.
        package var from: String
        /// When it ended.
        package var to: String
        /// The place's code.
        package var place: String
        /// Seconds in which all of the place was seen.
        package var seen: Double
        /// Seconds in which some of it was not.
        package var blind: Double
        /// The same by cause; causes may overlap. Those that did not occur are left out.
        package var causes: [String: Double]
        /// Readings that never came.
        package var missing: UInt64
        /// Readings that came so late that they had been counted as missing.
        package var late: UInt64
        /// Numbers left out by gateways whose numbers prove nothing.
        package var unproven: UInt64
        /// Readings that came twice.
        package var duplicates: UInt64
        /// Readings that were overtaken.
        package var reordered: UInt64
        /// How often a gateway began to count anew.
        package var reboots: UInt64
        /// The sensor that misses most; absent where none does.
        package var worst: String?
    }

    /// What is not a place's in one shift.
    package struct Shift: Codable, Sendable, Equatable {
        /// When it began.
        package var from: String
        /// When it ended.
        package var to: String
        /// How often the broker lost our session; what was sent then may be missing.
        package var losses: Int
        /// Payloads that were refused, by reason.
        package var refused: [String: UInt64]
        /// Seconds in which nothing was read from the socket because the ring was full.
        package var overload: Double
        /// Records that were judged and are not in the raw record.
        package var unrecorded: UInt64
        /// What the clock was set by, in seconds, each time.
        package var clockSteps: [Double]
        /// Where the ring was, in memory, when it was not in the state directory.
        package var elsewhere: [String]
    }

    /// A row for each shift and place, in that order.
    package var rows: [Row]
    /// A line for each shift.
    package var shifts: [Shift]

    /// Whether anything was missed: a place not seen, a reading lost or refused.
    package var hasMissed: Bool {
        rows.contains { $0.blind > 0 || $0.missing > $0.late }
            || shifts.contains { $0.losses > 0 || !$0.refused.isEmpty }
    }

    /// What is asked for.
    package struct Question: Sendable {
        /// Since when.
        package var since: Timestamp
        /// Until when.
        package var until: Timestamp
        /// The shifts.
        package var shifts: ShiftPlan
        /// Only this sensor, and its place; `nil`: all.
        package var sensor: String?
        /// Only this place; `nil`: all.
        package var place: String?

        /// A question about a time.
        package init(
            since: Timestamp, until: Timestamp, shifts: ShiftPlan, sensor: String? = nil,
            place: String? = nil
        ) {
            (self.since, self.until, self.shifts) = (since, until, shifts)
            (self.sensor, self.place) = (sensor, place)
        }
    }

    /// The answer of `history` to `question`; `offset`: seconds that civil time is east of UTC.
    package init(
        _ history: GapHistory, _ question: Question, offset: (Timestamp) -> Int
    ) {
        let since = max(question.since, history.begins ?? question.since)
        let times = question.shifts.stretches(from: since, to: question.until, offset: offset)
        let places = Self.places(history, question)
        rows = times.flatMap { time in
            places.map { Self.row($0, time, history, question, offset(time.from)) }
        }
        shifts = times.map { Self.shift($0, history, offset($0.from)) }
    }

    private static func places(_ history: GapHistory, _ question: Question) -> [String] {
        if let place = question.place { return [place] }
        guard let sensor = question.sensor else { return history.places }
        let entries = history.entries.filter { $0.sensor == sensor }.compactMap(\.place)
        let spans = history.blind.filter { $0.subject == sensor }.flatMap { $0.places ?? [] }
        return Set(entries + spans).sorted()
    }

    private static func row(
        _ place: String, _ time: ShiftPlan.Stretch, _ history: GapHistory, _ question: Question,
        _ offset: Int
    ) -> Row {
        let spans = history.blind.filter { span in
            span.places?.contains(place) != false
                && (span.cause != .sensor || question.sensor ?? span.subject == span.subject)
        }
        var causes: [String: Double] = [:]
        for cause in BlindSpan.Cause.allCases {
            let seconds = Self.seconds(spans.filter { $0.cause == cause }, in: time)
            if seconds > 0 { causes[cause.rawValue] = seconds }
        }
        let blind = seconds(spans, in: time)
        var row = Row(
            from: time.from.rfc3339Seconds(offsetSeconds: offset),
            to: time.to.rfc3339Seconds(offsetSeconds: offset), place: place,
            seen: max(0, time.to.seconds(since: time.from) - blind), blind: blind, causes: causes,
            missing: 0, late: 0, unproven: 0, duplicates: 0, reordered: 0, reboots: 0, worst: nil)
        var most: UInt64 = 0
        for entry in history.entries
        where entry.place == place && time.holds(entry.end)
            && question.sensor ?? entry.sensor == entry.sensor
        {
            guard let counts = entry.counts else { continue }
            row.add(counts)
            guard counts.missing > most else { continue }
            (most, row.worst) = (counts.missing, entry.sensor)
        }
        return row
    }

    private static func shift(
        _ time: ShiftPlan.Stretch, _ history: GapHistory, _ offset: Int
    ) -> Shift {
        var shift = Shift(
            from: time.from.rfc3339Seconds(offsetSeconds: offset),
            to: time.to.rfc3339Seconds(offsetSeconds: offset), losses: 0, refused: [:],
            overload: 0, unrecorded: 0, clockSteps: [], elsewhere: [])
        for entry in history.entries where time.holds(entry.end) {
            switch entry.kind {
            case .loss: shift.losses += 1
            case .refused: shift.refused.merge(entry.reasons ?? [:]) { $0 &+ $1 }
            case .overload: shift.overload += entry.seconds ?? 0
            case .unrecorded: shift.unrecorded &+= entry.count ?? 0
            case .clockStep: shift.clockSteps.append(entry.seconds ?? 0)
            case .ringElsewhere: shift.elsewhere.append(entry.why ?? "")
            default: break
            }
        }
        return shift
    }

    /// How much of `time` lies in any of `spans`, in seconds.
    private static func seconds(_ spans: [BlindSpan], in time: ShiftPlan.Stretch) -> Double {
        var end = time.from
        var total = 0.0
        for span in spans.sorted(by: { $0.from < $1.from }) {
            let from = max(span.from, end)
            let to = min(span.to, time.to)
            guard from < to else { continue }
            total += to.seconds(since: from)
            end = to
        }
        return total
    }
}

extension GapReport.Row {
    fileprivate mutating func add(_ counts: GapEntry.Counts) {
        missing &+= counts.missing
        late &+= counts.filled
        unproven &+= counts.skipped
        duplicates &+= counts.duplicates
        reordered &+= counts.reordered
        reboots &+= counts.reboots
    }
}

/// How a day is divided into shifts.
package struct ShiftPlan: Sendable, Equatable {
    /// A shift, or as much of one as was asked for.
    package struct Stretch: Sendable, Equatable {
        /// When it begins.
        package var from: Timestamp
        /// When it ends.
        package var to: Timestamp

        func holds(_ time: Timestamp) -> Bool { from <= time && time < to }
    }

    /// Minutes of the civil day at which shifts begin, rising.
    package let minutes: [Int]

    /// Reads `8h`, or the times at which shifts begin: `06:00,14:00,22:00`. `nil` where it is
    /// neither, or the day does not divide by it.
    package init?(_ text: String) {
        if text.hasSuffix("h"), let hours = Int(text.dropLast()), (1...24).contains(hours) {
            guard 24 % hours == 0 else { return nil }
            minutes = stride(from: 0, to: 24, by: hours).map { $0 * 60 }
            return
        }
        var minutes: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let fields = part.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 2, fields.allSatisfy({ $0.count == 2 }),
                let hour = Int(fields[0]), let minute = Int(fields[1]), (0...23).contains(hour),
                (0...59).contains(minute)
            else { return nil }
            minutes.append(hour * 60 + minute)
        }
        guard minutes == minutes.sorted(), Set(minutes).count == minutes.count else { return nil }
        self.minutes = minutes
    }

    /// The shifts from `from` to `to`, the first and the last cut to that.
    package func stretches(
        from: Timestamp, to: Timestamp, offset: (Timestamp) -> Int
    ) -> [Stretch] {
        let day: Int64 = 86_400_000_000_000
        var bounds: [Timestamp] = [from]
        var noon = from.advanced(byNanoseconds: -day)
        while noon < to.advanced(byNanoseconds: day) {
            let offset = offset(noon)
            let local = noon.nanoseconds / 1_000_000_000 + Int64(offset)
            let midnight = local - local % 86_400 - Int64(offset)
            for minute in minutes {
                let bound = Timestamp(
                    nanoseconds: (midnight + Int64(minute) * 60) * 1_000_000_000)
                if from < bound, bound < to { bounds.append(bound) }
            }
            noon = noon.advanced(byNanoseconds: day)
        }
        bounds = Set(bounds).sorted() + [to]
        return zip(bounds, bounds.dropFirst()).compactMap { start, end in
            start < end ? Stretch(from: start, to: end) : nil
        }
    }
}
