package import AdvisoryJournal
internal import Foundation
package import GasModel
package import HaltAdvisory

/// The outlets that the site names, as they come, change and go with it.
///
/// **Thread:** confined to its owner's queue, which no outlet ever holds up.
package final class Outlets {
    /// What the journal is to be told of an outlet.
    package enum Report: Sendable, Equatable {
        /// It has failed for some time.
        case fails(name: String, reason: String)
        /// It works again.
        case works(name: String, afterSeconds: Double)
        /// The other end refused so many documents again and again while it took others.
        case gaveUp(name: String, count: Int, reason: String)
    }

    /// So often at most it is told that an outlet gave something up. Seconds.
    private static let gaveUpSecondsMin = 60.0

    private let parts: OutletParts
    private var outlets: [Outlet] = []
    private var watch = ChannelWatch()
    private var told: [String: (count: Int, at: Int64)] = [:]

    /// None yet.
    package init(parts: OutletParts) { self.parts = parts }

    /// Goes over to `settings`: new ones start, absent ones end, changed ones start anew with their
    /// mark, the others are not touched. `newest`: the journal's newest line.
    package func apply(_ settings: [OutletSettings], newest: UInt64) {
        let old = Dictionary(outlets.map { ($0.settings.name, $0) }) { first, _ in first }
        let now = parts.clock.steady()
        outlets = settings.map { wanted in
            guard let known = old[wanted.name] else {
                return Outlet(wanted, parts: parts, newest: newest, after: nil)
            }
            if known.settings == wanted { return known }
            known.end(by: now)
            return Outlet(wanted, parts: parts, newest: newest, after: known)
        }
        let names = Set(settings.map(\.name))
        for outlet in old.values where !names.contains(outlet.settings.name) {
            outlet.end(by: now)
        }
        OutletMark.forget(in: parts.directory, but: names)
        watch.keep(names)
        told = told.filter { names.contains($0.key) }
    }

    /// Hands over lines that have just been synced.
    package func offer(_ lines: [JournalLine]) {
        for outlet in outlets { outlet.offer(lines) }
    }

    /// Hands over what the journal cannot hold.
    package func offerUnnumbered(_ entry: Announcement) {
        if let document = OutletDocument(unnumbered: entry) { offer(document) }
    }

    /// Hands over what the journal does not hold yet.
    package func offer(_ document: OutletDocument) {
        for outlet in outlets { outlet.offerUnnumbered(document) }
    }

    /// What is to be told of them by now. Called about once a second.
    package func look() -> [Report] {
        let now = parts.clock.steady()
        var reports: [Report] = []
        for outlet in outlets {
            let name = outlet.settings.name
            let standing = outlet.standing(at: now)
            switch watch.look(
                at: name, failing: standing.trouble?.reason, since: standing.trouble?.since,
                now: now)
            {
            case .fails(let name, let reason): reports.append(.fails(name: name, reason: reason))
            case .works(let name, let seconds):
                reports.append(.works(name: name, afterSeconds: seconds))
            case nil: break
            }
            let last = told[name]
            let fresh = standing.givenUp - (last?.count ?? 0)
            let isSoon = last.map { Double(now - $0.at) / 1e9 < Self.gaveUpSecondsMin } ?? false
            guard fresh > 0, !isSoon else { continue }
            told[name] = (standing.givenUp, now)
            reports.append(.gaveUp(name: name, count: fresh, reason: standing.givenUpReason))
        }
        return reports
    }

    /// The outlets that were told to fail, by name.
    package var failing: [String] { watch.told }

    /// How each stands, in the order of the site.
    package var states: [OutletState] {
        let now = parts.clock.steady()
        return outlets.map { $0.state(at: now) }
    }

    /// Ends all of them, once what can be delivered within `seconds` is.
    package func stop(drainSeconds seconds: Double) {
        let deadline = DispatchTime.now() + seconds
        for outlet in outlets { outlet.end(by: parts.clock.steady() + Int64(seconds * 1e9)) }
        for outlet in outlets where !outlet.waitForEnd(until: deadline) {
            parts.log("\(outlet.settings.name): did not end in time")
        }
        outlets = []
    }
}
