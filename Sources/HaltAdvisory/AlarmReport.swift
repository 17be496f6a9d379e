package import GasModel

/// How much a span of the journal asked of its operators, in the figures of EEMUA 191.
///
/// The targets are those that are commonly quoted of EEMUA 191 and ISA-18.2, not checked against
/// their text: one alarm in ten minutes, no flood for more than 1 % of the time, no chatter, fewer
/// than five stale alarms, the ten most frequent no more than 5 % of all.
package struct AlarmReport: Codable, Sendable, Equatable {
    /// What came upon one operator position.
    package struct Position: Codable, Sendable, Equatable {
        /// Its name.
        package var name: String
        /// How many alarms it got.
        package var alarms = 0
        /// The most within ten minutes.
        package var worstTenMinutes = 0
        /// How many floods there were.
        package var floods = 0
        /// How long they lasted together. Seconds.
        package var floodSeconds: Int64 = 0
    }

    /// How often one alarm came.
    package struct Tag: Codable, Sendable, Equatable {
        /// Code of the sensor, place or gateway; `broker` for the link.
        package var subject: String
        /// Raw value of the `Rule`.
        package var rule: String
        /// How often it was raised, grew worse or was back.
        package var count: Int
    }

    /// Begin of the span, RFC 3339 in UTC.
    package var from: String
    /// End of the span, RFC 3339 in UTC.
    package var to: String
    /// By name.
    package var positions: [Position]
    /// The ten most frequent alarms, the most frequent first.
    package var mostFrequent: [Tag]
    /// How many there were of each severity.
    package var severities: [String: Int]
    /// Alarms that came three times or more within one minute.
    package var chattering: [Tag]
    /// How many were over within ten seconds.
    package var fleeting: Int
    /// Identifiers of what has stood for longer than a day at the end of the span.
    package var stale: [String]
    /// How often something was put aside.
    package var shelved: Int

    /// All alarms together.
    package var alarms: Int { positions.reduce(0) { $0 + $1.alarms } }
}

/// Counts what a report tells, announcement by announcement in the order of the journal.
///
/// **Memory:** what stands, and a count for each sensor and rule that ever alarmed.
package struct AlarmCounter: Sendable {
    private struct Key: Hashable {
        var subject: String
        var rule: String
    }

    private let site: Site?
    private let from: Timestamp
    private var loads: [String: AlarmLoad] = [:]
    private var positions: [String: AlarmReport.Position] = [:]
    private var counts: [Key: Int] = [:]
    private var recent: [Key: [Int64]] = [:]
    private var chattering: [Key: Int] = [:]
    private var severities: [String: Int] = [:]
    private var standing: [String: Int64] = [:]
    private var fleeting = 0
    private var shelved = 0

    private static let minute: Int64 = 60 * 1_000_000_000
    private static let day: Int64 = 86_400 * 1_000_000_000
    private static let fleetingMax: Int64 = 10 * 1_000_000_000

    /// A count of what was decided at `from` or later. `site`: whose districts name the operator
    /// positions; without it all is one position.
    package init(from: Timestamp, site: Site?) {
        self.from = from
        self.site = site
    }

    /// The next announcement. What lies before the span is taken too: it may stand in it.
    package mutating func take(_ announcement: Announcement) {
        let time = announcement.decidedAt
        let isInside = time >= from
        if isInside, announcement.transition == .shelved { shelved += 1 }
        guard let advisory = announcement.advisory else { return }
        if announcement.isAlarm { alarm(announcement, advisory, isInside: isInside) }
        if advisory.state == .active {
            if standing[advisory.id] == nil { standing[advisory.id] = time.nanoseconds }
        } else if let since = standing.removeValue(forKey: advisory.id), isInside,
            time.nanoseconds - since <= Self.fleetingMax
        {
            fleeting += 1
        }
    }

    private mutating func alarm(
        _ announcement: Announcement, _ advisory: AdvisoryReference, isInside: Bool
    ) {
        let time = announcement.decidedAt
        let name = site?.position(ofPlace: announcement.place) ?? AlarmGrouping.controlRoom
        pass(name, to: time)
        let begins = loads[name, default: AlarmLoad()].take(at: time)
        guard isInside else { return }
        var position = positions[name] ?? AlarmReport.Position(name: name)
        position.alarms += 1
        position.worstTenMinutes = max(position.worstTenMinutes, loads[name]?.count ?? 0)
        if begins { position.floods += 1 }
        positions[name] = position
        severities[announcement.severity.rawValue, default: 0] += 1
        let key = Key(subject: announcement.subject, rule: advisory.rule)
        counts[key, default: 0] += 1
        var times = recent[key, default: []].filter { time.nanoseconds - $0 < Self.minute }
        times.append(time.nanoseconds)
        recent[key] = times
        if times.count >= 3 { chattering[key] = max(chattering[key] ?? 0, times.count) }
    }

    /// Goes on second by second while there is a flood, so that its length is right.
    private mutating func pass(_ name: String, to time: Timestamp) {
        guard let load = loads[name], let last = load.newest else { return }
        guard load.isFlood else { return }
        var now = last
        while now < time, loads[name]?.isFlood == true {
            now = min(now.advanced(byNanoseconds: 1_000_000_000), time)
            _ = loads[name]?.pass(to: now)
        }
        let begin = max(last, from)
        if now > begin {
            positions[name, default: AlarmReport.Position(name: name)].floodSeconds +=
                Int64(now.seconds(since: begin).rounded())
        }
    }

    /// The report of all that was taken, up to `end`.
    package mutating func report(to end: Timestamp) -> AlarmReport {
        for name in loads.keys.sorted() { pass(name, to: end) }
        func tags(_ counts: [Key: Int]) -> [AlarmReport.Tag] {
            counts.map { AlarmReport.Tag(subject: $0.subject, rule: $0.rule, count: $1) }
                .sorted { ($1.count, $0.subject, $0.rule) < ($0.count, $1.subject, $1.rule) }
        }
        return AlarmReport(
            from: from.rfc3339(), to: end.rfc3339(),
            positions: positions.values.sorted { $0.name < $1.name },
            mostFrequent: Array(tags(counts).prefix(10)), severities: severities,
            chattering: tags(chattering), fleeting: fleeting,
            stale: standing.filter { end.nanoseconds - $0.value > Self.day }.map(\.key).sorted(),
            shelved: shelved)
    }
}
