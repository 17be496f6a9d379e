package import GasModel

/// What of the announcements an operator is shown one by one, and what, in a flood of alarms, all
/// together: halts always pass at once, everything else is held back for at most ten seconds and
/// told in one line with counts and the numbers under which the journal has each.
///
/// It is about lines for people alone: journal, MQTT and every other outlet get all of it. Pure:
/// the same announcements and ticks give the same lines, live and in a back-test. **Thread:** a
/// value; its owner's queue.
package struct AlarmGrouping: Sendable {
    /// One line for the operator.
    package struct Line: Sendable, Equatable {
        /// What it says.
        package var announcement: Announcement
        /// The numbers in the journal that it tells of; `nil` for what is not in the journal.
        package var numbers: ClosedRange<UInt64>?

        /// A line that tells of those numbers.
        package init(announcement: Announcement, numbers: ClosedRange<UInt64>? = nil) {
            self.announcement = announcement
            self.numbers = numbers
        }
    }

    /// So long a line may be held back. Seconds.
    package static let holdSeconds: Int64 = 10
    /// Where the site names no position for a district, and for what concerns the whole mine.
    package static let controlRoom = "control-room"

    private var loads: [String: AlarmLoad] = [:]
    /// What is held back, oldest first.
    private var held: [(announcement: Announcement, number: UInt64)] = []
    /// When what is held back was begun to be; nanoseconds since 1970.
    private var heldSince: Int64 = 0
    /// How many lines were held back since the flood of a position began, and not told by
    /// themselves after all; by its name.
    private var heldCounts: [String: Int] = [:]

    /// Nothing was told yet.
    package init() {}

    /// How many alarms each position that had any got in the last ten minutes, and whether that is
    /// a flood; by name.
    package var loadOfPositions: [(position: String, load: AlarmLoad)] {
        loads.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// What is shown now that `announcement` has the number `number` in the journal.
    package mutating func take(
        _ announcement: Announcement, number: UInt64, site: Site
    ) -> [Line] {
        let position = site.position(ofPlace: announcement.place)
        let one = Line(announcement: announcement, numbers: number...number)
        // The alarm with which the flood begins is still told by itself.
        let isHeld = loads[position]?.isFlood == true && announcement.mayBeGrouped
        if announcement.isAlarm,
            loads[position, default: AlarmLoad()].take(at: announcement.decidedAt)
        {
            heldCounts[position] = 0
            let count = loads[position]?.count ?? 0
            return [one, Self.flood(position, count, at: announcement.decidedAt, site)]
        }
        guard isHeld else { return [one] }
        if held.isEmpty { heldSince = announcement.atNanoseconds }
        held.append((announcement, number))
        heldCounts[position, default: 0] += 1
        return []
    }

    /// What is shown now that it is `time`: what was held back long enough, and the end of floods.
    package mutating func tick(at time: Timestamp, site: Site) -> [Line] {
        if loads.isEmpty { return [] }
        let ended = loads.keys.sorted().filter { loads[$0]?.pass(to: time) == true }
        // A clock that was put back must not hold anything for longer.
        let age = time.nanoseconds - heldSince
        let isDue = age < 0 || age >= Self.holdSeconds * 1_000_000_000
        let lines = isDue || !ended.isEmpty ? flush(at: time, site: site) : []
        return lines
            + ended.map { position in
                Self.calm(
                    position, loads[position] ?? AlarmLoad(), heldCounts[position] ?? 0, at: time,
                    site)
            }
    }

    /// Shows all that is held back, in one line: a crash leaves all of it told, or none. One alone
    /// says more as it is.
    package mutating func flush(at time: Timestamp, site: Site) -> [Line] {
        guard let first = held.map(\.number).min(), let last = held.map(\.number).max() else {
            return []
        }
        defer { held.removeAll(keepingCapacity: true) }
        if held.count == 1 {
            let announcement = held[0].announcement
            heldCounts[site.position(ofPlace: announcement.place), default: 1] -= 1
            return [Line(announcement: announcement, numbers: first...last)]
        }
        return [Line(announcement: group(at: time, site), numbers: first...last)]
    }

    /// Takes note of what was told before a restart. Returns what is to be shown of it after all:
    /// nothing where `isShown` says that the log has it, by itself or in a group.
    package mutating func restore(
        _ announcement: Announcement, number: UInt64, site: Site, isShown: Bool
    ) -> [Line] {
        for position in loads.keys { _ = loads[position]?.pass(to: announcement.decidedAt) }
        let lines = take(announcement, number: number, site: site)
        guard isShown else { return lines.filter { $0.numbers != nil } }
        held.removeAll { $0.number == number }
        return []
    }

    // MARK: Words

    private static func flood(
        _ position: String, _ count: Int, at time: Timestamp, _ site: Site
    ) -> Line {
        Line(
            announcement: .notice(
                .notice, .flood, at: time, site: site,
                why: [Phrase("flood", position, count, Int(holdSeconds))],
                action: [Phrase("do-halts-first")]))
    }

    private static func calm(
        _ position: String, _ load: AlarmLoad, _ heldCount: Int, at time: Timestamp, _ site: Site
    ) -> Line {
        Line(
            announcement: .notice(
                .notice, .calm, at: time, site: site,
                why: [Phrase("calm", position, load.count, load.peak, heldCount)]))
    }

    private func group(at time: Timestamp, _ site: Site) -> Announcement {
        let order: [Severity] = [.alarm, .warning, .fault]
        let told = held.map(\.announcement)
        let worst = order.first { severity in told.contains { $0.severity == severity } }
        let parts = [
            told.map { site.position(ofPlace: $0.place) }, told.map(\.transition.rawValue),
            told.compactMap { $0.advisory?.rule }, told.map { $0.place ?? "-" },
        ]
        let counts = parts.map(Self.counts).joined(separator: "; ")
        return .notice(
            worst ?? .notice, .grouped, at: time, site: site,
            why: [Phrase("grouped", told.count, counts)], action: [Phrase("do-halts-first")])
    }

    /// `RAISED 30, GONE 7`: the most frequent first, five kinds at most.
    private static func counts(_ words: [String]) -> String {
        let kindsMax = 5
        let counts = Dictionary(grouping: words) { $0 }.mapValues(\.count)
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let shown = counts.prefix(kindsMax).map { "\($0.key) \($0.value)" }
        let rest = counts.dropFirst(kindsMax).reduce(0) { $0 + $1.value }
        return (shown + (rest > 0 ? ["others \(rest)"] : [])).joined(separator: ", ")
    }
}

extension Site {
    /// The operator position that what concerns the place `id` comes upon.
    package func position(ofPlace id: String?) -> String {
        guard let id, let place = places.first(where: { $0.id == id }),
            let district = districts.first(where: { $0.id == place.district })
        else { return AlarmGrouping.controlRoom }
        return district.position ?? AlarmGrouping.controlRoom
    }
}
