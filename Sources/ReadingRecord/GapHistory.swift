internal import AdvisoryJournal
internal import Foundation
package import GasModel
package import HaltAdvisory

/// A stretch of time in which a place was not seen.
package struct BlindSpan: Sendable, Equatable {
    /// Why it was not.
    package enum Cause: String, Codable, Sendable, CaseIterable {
        /// The broker was out of reach.
        case link
        /// The daemon did not run.
        case down
        /// It ran and stood still.
        case stall
        /// A gateway was gone.
        case gateway
        /// A sensor was silent.
        case sensor
    }

    /// Why.
    package var cause: Cause
    /// Since when.
    package var from: Timestamp
    /// Until when.
    package var to: Timestamp
    /// The places that it is about; `nil`: all.
    package var places: Set<String>?
    /// The sensor or gateway.
    package var subject: String?

    /// A stretch in which `places` were not seen, or all of them.
    package init(
        cause: Cause, from: Timestamp, to: Timestamp, places: Set<String>? = nil,
        subject: String? = nil
    ) {
        (self.cause, self.from, self.to) = (cause, from, to)
        (self.places, self.subject) = (places, subject)
    }
}

/// What the gap ledger and the journal tell of a time, brought into the shape of spans.
///
/// Pure, but for `read`.
package struct GapHistory: Sendable {
    /// How long ago anybody may have looked last, and looks still.
    private static let seenSecondsMax = 30.0

    /// When it was not seen.
    package private(set) var blind: [BlindSpan] = []
    /// The entries themselves, in order.
    package let entries: [GapEntry]
    /// The places that are known of, by code.
    package private(set) var places: [String] = []
    /// The first instant that the ledger tells of; `nil` where it is empty.
    package private(set) var begins: Timestamp?

    private var linkDownSince: Timestamp?
    private var stoppedAt: Timestamp?
    private var gatewaysDown: [String: GapEntry] = [:]

    /// The history that `entries` and the journal's `silences` tell, up to `until`. `seen`: when
    /// the daemon looked last.
    package init(
        entries: [GapEntry], silences: [BlindSpan], seen: Timestamp?, until: Timestamp
    ) {
        self.entries = entries
        begins = entries.first.map { $0.kind == .start && $0.why != nil ? $0.end : $0.start }
        let starts = entries.filter { $0.kind == .start }.map(\.end)
        for entry in entries { take(entry, starts) }
        close(at: until, seen: seen)
        blind += silences
        places = Set(
            entries.flatMap { ($0.places ?? []) + ($0.place.map { [$0] } ?? []) }
                + silences.flatMap { $0.places ?? [] }
        ).sorted()
    }

    private mutating func take(_ entry: GapEntry, _ starts: [Timestamp]) {
        switch entry.kind {
        case .start:
            if entry.why == nil { add(.down, stoppedAt ?? entry.start, entry.end) }
            stoppedAt = nil
            // Whatever stood before: nothing is heard before the subscription stands again.
            linkDownSince = linkDownSince.map { min($0, entry.end) } ?? entry.end
        case .stop: stoppedAt = entry.start
        case .linkDown: linkDownSince = linkDownSince ?? entry.start
        case .linkUp:
            if let since = linkDownSince { add(.link, since, entry.start) }
            linkDownSince = nil
        case .stall:
            // A start in the midst of it: the daemon did not stand still, it did not run.
            let slack = entry.end.advanced(byNanoseconds: 2_000_000_000)
            guard !starts.contains(where: { entry.start <= $0 && $0 <= slack }) else { return }
            add(.stall, entry.start, entry.end)
        case .gatewayDown:
            if let gateway = entry.gateway, gatewaysDown[gateway] == nil {
                gatewaysDown[gateway] = entry
            }
        case .gatewayUp: close(gateway: entry.gateway, at: entry.start)
        case .numbers, .clockStep, .machineReboot, .loss, .overload, .refused, .unrecorded,
            .dropped, .ringElsewhere:
            break
        }
    }

    private mutating func close(gateway: String?, at time: Timestamp) {
        guard let gateway, let down = gatewaysDown.removeValue(forKey: gateway) else { return }
        add(.gateway, down.start, time, places: down.places, subject: gateway)
    }

    private mutating func close(at until: Timestamp, seen: Timestamp?) {
        if let since = linkDownSince { add(.link, since, until) }
        for gateway in gatewaysDown.keys.sorted() { close(gateway: gateway, at: until) }
        let newest = entries.last?.end
        let last = max(seen ?? .distantPast, newest ?? .distantPast)
        if let stoppedAt {
            add(.down, stoppedAt, until)
        } else if newest != nil, until.seconds(since: last) > Self.seenSecondsMax {
            add(.down, last, until)
        }
    }

    private mutating func add(
        _ cause: BlindSpan.Cause, _ from: Timestamp, _ to: Timestamp, places: [String]? = nil,
        subject: String? = nil
    ) {
        guard from < to else { return }
        blind.append(
            BlindSpan(
                cause: cause, from: from, to: to, places: places.map { Set($0) },
                subject: subject))
    }

    /// The history in a state directory from `since` to `until`; `nil` where there is no ledger.
    package static func read(
        stateDirectory: String, since: Timestamp, until: Timestamp
    ) throws -> GapHistory? {
        guard let (entries, seen) = GapFile.read(directory: stateDirectory + "/gaps", since: since)
        else { return nil }
        let journal = try JournalEntries(stateDirectory: stateDirectory)
        return GapHistory(
            entries: entries, silences: silences(journal.entries.map(\.entry), until: until),
            seen: seen, until: until)
    }

    /// For how long which sensor was silent, as the threshold detector found it. All of the time in
    /// which it was flapping counts: what is not told by itself then is at least not passed over.
    package static func silences(_ told: [Announcement], until: Timestamp) -> [BlindSpan] {
        var open: [String: BlindSpan] = [:]
        var spans: [BlindSpan] = []
        for entry in told {
            guard let advisory = entry.advisory, let rule = Rule(rawValue: advisory.rule),
                [.silence, .flapping].contains(rule), let sensor = entry.sensor
            else { continue }
            let key = "\(rule) \(sensor)"
            if advisory.state == .active {
                let onset = Timestamp(nanoseconds: advisory.onsetNanoseconds)
                guard open[key] == nil else { continue }
                open[key] = BlindSpan(
                    cause: .sensor, from: entry.transition == .back ? entry.decidedAt : onset,
                    to: until, places: entry.place.map { [$0] } ?? [], subject: sensor)
            } else if var span = open.removeValue(forKey: key) {
                span.to = entry.decidedAt
                spans.append(span)
            }
        }
        return spans
            + open.values.sorted { ($0.from, $0.subject ?? "") < ($1.from, $1.subject ?? "") }
    }
}
