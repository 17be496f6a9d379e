internal import Dispatch
internal import Foundation
package import GasModel
package import HaltAdvisory
internal import SensorIngest
internal import Synchronization

/// Takes the running daemon over to another site: a change, not a restart.
///
/// The file is read and checked on a queue of its own, so that nobody waits for it. What is right
/// goes out in this order: the registry on the disk, the change within reach of both workers, the
/// new table to ingest, which puts the record into the ring that all of them go over at. One change
/// is under way at a time; whoever asks meanwhile gets the file read once more after it.
///
/// **Thread:** any.
// @unchecked: `state` is touched only on `queue`.
final class SiteReload: @unchecked Sendable {
    /// What a reload does with a change, and what it says.
    struct Parts: Sendable {
        /// Hears of the new site and of the registry's codes, before any record is judged by it.
        var took: @Sendable (SensorRoster, [String]) -> Void
        /// Has ingest go over to it.
        var stage: @Sendable (PreparedSite) -> Void
        /// A reload begins, a reload has ended: for the service manager.
        var began: @Sendable () -> Void
        var ended: @Sendable (_ word: String) -> Void
        /// Where all problems of a refused file are left for `firedamp reload`.
        var problemsPath: String
    }

    private struct State {
        var roster: SensorRoster
        var registry: SensorRegistry
        var generation: UInt64 = 0
        var isUnderWay = false
        /// How the file is read once more, when somebody asked while a change was under way.
        var again: SiteSource?
    }

    private let queue = DispatchQueue(label: "firedamp.reload", qos: .utility)
    private let known: KnownChanges
    private let run = UInt64.random(in: 1...(.max))
    private let desk: AdvisoryDesk
    private let parts: Parts
    private let isStopped = Atomic<Bool>(false)
    private var state: State

    init(
        roster: SensorRoster, registry: SensorRegistry, known: KnownChanges, desk: AdvisoryDesk,
        parts: Parts
    ) {
        state = State(roster: roster, registry: registry)
        self.known = known
        self.desk = desk
        self.parts = parts
    }

    /// Reads the site from `source` and goes over to it, or refuses it; returns at once.
    func begin(_ source: @escaping SiteSource) {
        queue.async { [self] in take(source) }
    }

    /// From here on nothing is begun any more.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        known.forgetAll()
    }
}

// MARK: On the queue

extension SiteReload {
    private func take(_ source: @escaping SiteSource) {
        // Relaxed: it only keeps a daemon that ends from saying one thing more.
        guard !isStopped.load(ordering: .relaxed) else { return }
        if state.isUnderWay {
            state.again = source
            return
        }
        parts.began()
        switch source() {
        case .success(let site): consider(site)
        case .failure(let refusal): refuse(refusal)
        }
    }

    private func consider(_ site: Site) {
        guard site.fingerprint != state.roster.site.fingerprint else {
            forgetProblems()
            desk.notice(
                .notice, .reloaded, why: [Phrase("unchanged", site.fingerprint)])
            return end()
        }
        let problems = problems(with: site)
        guard problems.isEmpty else { return refuse(SiteRefusal(problems: problems)) }
        do {
            try state.registry.extend(by: site)
        } catch {
            return refuse(SiteRefusal(problems: [.verbatim("\(error)")]))
        }
        forgetProblems()
        let roster = SensorRoster(site: site, sensors: state.registry.sensors(of: site))
        state.generation += 1
        let change = SiteChange(
            run: run, generation: state.generation, from: state.roster, to: roster,
            names: state.registry.names)
        state.roster = roster
        state.isUnderWay = true
        known.add(change) { [self] in queue.async { [self] in finish() } }
        parts.took(roster, state.registry.names)
        parts.stage(PreparedSite(change))
    }

    /// What only the running daemon can know to be wrong with `site`.
    private func problems(with site: Site) -> [Phrase] {
        let old = state.roster.site
        guard site.mine == old.mine else {
            return [Phrase("other-mine", site.mine, old.mine)]
        }
        let staying = Set(site.sensors.map(\.id)).union(site.decommissioned.map(\.sensor))
        let leaving = old.sensors.map(\.id).filter { !staying.contains($0) }
        return desk.open(of: leaving).map { sensor, advisories in
            Phrase("removed-while-open", sensor, Phrase.list(advisories))
        }
            + desk.halts(\.place, of: renamed(from: old, to: site)).map { place, advisories in
                Phrase("renamed-while-halted", place, Phrase.list(advisories))
            }
            + desk.halts(\.sensor, of: moved(from: old, to: site)).map { sensor, advisories in
                Phrase("moved-while-halted", sensor, Phrase.list(advisories))
            }
    }

    /// The sensors that go from a place that stays to another one: what they halted would be where
    /// they are no more.
    private func moved(from old: Site, to new: Site) -> [String] {
        let staying = Set(new.places.map(\.id))
        let places = Dictionary(old.sensors.map { ($0.id, $0.place) }) { first, _ in first }
        return new.sensors.filter { sensor in
            places[sensor.id].map { $0 != sensor.place && staying.contains($0) } ?? false
        }.map(\.id)
    }

    /// The places that leave while a sensor of theirs is not said to be taken out: by another code
    /// a place would be without the halts that stand in it.
    private func renamed(from old: Site, to new: Site) -> [String] {
        let places = Set(new.places.map(\.id))
        let gone = Set(new.decommissioned.map(\.sensor))
        let guarded = Set(old.sensors.filter { !gone.contains($0.id) }.map(\.place))
        return old.places.map(\.id).filter { !places.contains($0) && guarded.contains($0) }
    }

    private func refuse(_ refusal: SiteRefusal) {
        let first = Phrase.joined(Array(refusal.problems.prefix(1)))
        complain("firedamp: reload refused:\n\(refusal.text(in: .english))")
        let text = refusal.text(in: state.roster.site.language)
        try? (text + "\n").write(toFile: parts.problemsPath, atomically: true, encoding: .utf8)
        desk.notice(
            .notice, .refused,
            why: [
                refusal.problems.count == 1
                    ? Phrase("reload-refused", first)
                    : Phrase("reload-refused-many", refusal.problems.count, first)
            ], action: [Phrase("do-correct-site", state.roster.site.fingerprint)])
        end()
    }

    private func finish() {
        state.isUnderWay = false
        end()
        if let again = state.again {
            state.again = nil
            // At once: behind what was asked for meanwhile it would come last, and hold.
            take(again)
        }
    }

    private func end() {
        parts.ended("site \(state.roster.site.fingerprint.prefix(12)) in force")
    }

    private func forgetProblems() {
        try? FileManager.default.removeItem(atPath: parts.problemsPath)
    }

    private func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

/// How a site is had: read from its file anew, or refused.
package typealias SiteSource = @Sendable () -> Result<Site, SiteRefusal>

/// Why a site was not taken up.
package struct SiteRefusal: Error, Sendable, Equatable {
    /// A line for each problem, at least one.
    package var problems: [Phrase]

    /// A refusal for `problems`.
    package init(problems: [Phrase]) { self.problems = problems }

    /// The problems in `language`, one on each line.
    func text(in language: Language) -> String {
        problems.map { [$0].saidAnyway(in: language) }.joined(separator: "\n")
    }
}
