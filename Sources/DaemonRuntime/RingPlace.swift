internal import Foundation
internal import GasModel
internal import HaltAdvisory
internal import ReadingRecord
internal import ReadingRing
internal import SensorIngest

/// Where the ring is, with what stands beside it and belongs to it: the numbers of its sensors, and
/// the detectors' snapshots.
///
/// It is in the state directory. Where that disk takes no ring, it goes on in the runtime
/// directory, which is memory: with all that was in it, if that can still be read, else as a fresh
/// one. There it stays until a start finds the state directory whole, and takes it back. One ring
/// has one owner: both places are locked before either is looked at, whichever is then used.
struct RingPlace {
    /// The ring.
    let ring: RingStorage
    /// Which index in its records means which sensor.
    let registry: SensorRegistry
    /// Where it is.
    let directory: String
    /// Why the state directory does not have it; `nil`: it has.
    private(set) var reason: String?
    /// What the gap ledger has to say of it.
    let elsewhere: ReadingRecorder.Elsewhere?
    /// What the start has to tell of it, in order.
    private(set) var notices: [StartNotice] = []

    private static let registryName = "ring.sensors"

    /// Opens the ring. **Errors:** `RingError` and `RegistryError`, where another daemon has one of
    /// the places, where what means the sensors is damaged, and where no place takes a ring.
    init(_ options: DaemonOptions) throws {
        let home = options.stateDirectory
        let away = options.runtimeDirectory.flatMap { $0 == home ? nil : $0 }
        let claim = try RingClaim([home, away].compactMap { $0.map(Self.path) })
        var moves = Moves(capacity: options.ringCapacity, claim: claim)
        do {
            if let away { try moves.takeBack(from: away, to: home) }
            (ring, registry) = try Self.open(home, options, claim)
            directory = home
        } catch {
            guard let away, Self.isOfTheSystem(error) else { throw error }
            do {
                try moves.takeAlong(from: home, to: away)
                (ring, registry) = try Self.open(away, options, claim)
            } catch let other {
                throw NoPlace(reasons: ["\(error)", "\(other)"])
            }
            (directory, reason) = (away, "\(error)")
            let why = Phrase("ring-elsewhere", home, "\(error)", away)
            moves.notices.append(
                StartNotice(.fault, .raised, why: [why], action: [Phrase("do-mend-state")]))
        }
        elsewhere =
            reason.map { [directory] in
                .init(words: "the ring is in \(directory), in memory: \($0)", isOver: false)
            }
            ?? moves.cameFrom.map { .init(words: "the ring was in \($0), in memory", isOver: true) }
        notices = moves.notices + (ring.refusal.map { [StartNotice($0)] } ?? [])
    }

    /// Neither place takes a ring.
    struct NoPlace: Error, CustomStringConvertible {
        var reasons: [String]
        var description: String { reasons.joined(separator: "; nor elsewhere: ") }
    }

    private static func path(_ directory: String) -> String { directory + "/ring" }

    private static func open(
        _ directory: String, _ options: DaemonOptions, _ claim: RingClaim
    ) throws -> (RingStorage, SensorRegistry) {
        let ring = try RingStorage.open(
            path: path(directory), capacity: options.ringCapacity,
            readers: Rule.Detector.allCases.map(\.rawValue) + [ReadingRecorder.readerName],
            claim: claim)
        let registry = try SensorRegistry(
            path: directory + "/" + registryName, site: options.site)
        return (ring, registry)
    }

    /// Whether it is the disk, and neither another daemon, nor a setting, nor what stands there.
    private static func isOfTheSystem(_ error: any Error) -> Bool {
        if case RingError.system = error { return true }
        return (error as? RegistryError)?.isDamage == false
    }

    /// The journal tells of records that the ring does not have.
    mutating func beginAnew() throws {
        try ring.beginAnew()
        notices.append(
            StartNotice(.fault, .repaired, why: [Phrase("ring-behind", Self.path(directory))]))
    }
}

// MARK: From one place to the other

extension RingPlace {
    /// What is done before a ring is opened.
    private struct Moves {
        let capacity: Int
        let claim: RingClaim
        /// From where it was taken back, if it was.
        private(set) var cameFrom: String?
        var notices: [StartNotice] = []

        private static let snapshots =
            (Rule.Detector.allCases.map(\.rawValue) + [ReadingRecorder.readerName])
            .map(SnapshotStore.fileName)

        /// Brings a ring that was elsewhere home. Killed at any instant, one of both is whole, and
        /// the next start does it again.
        mutating func takeBack(from away: String, to home: String) throws {
            let (old, new) = (RingPlace.path(away), RingPlace.path(home))
            guard unsafe access(old, F_OK) == 0 else { return }
            try claim.check(new)
            guard try copyRegistry(from: away, to: home) else {
                return try refuse(old, .otherSensors)
            }
            switch try RingStorage.copy(from: old, to: new, capacity: capacity, claim: claim) {
            case .flawed(let flaw): return try refuse(old, flaw)
            case .absent, .older: break
            case .made(let refusal):
                notices += refusal.map { [StartNotice($0)] } ?? []
                notices.append(
                    StartNotice(.notice, .gone, why: [Phrase("ring-again", home, away)]))
                copySnapshots(from: away, to: home)
                cameFrom = away
            }
            unsafe unlink(old)
            clear(away)
        }

        /// Takes what can be read of the ring at home elsewhere, unless it was taken there before.
        mutating func takeAlong(from home: String, to away: String) throws {
            let (old, new) = (RingPlace.path(home), RingPlace.path(away))
            guard unsafe access(new, F_OK) != 0 else { return }
            try claim.check(new)
            clear(away)
            do {
                // Without what its numbers mean a ring means nothing.
                _ = try copyRegistry(from: home, to: away)
                let copy = try RingStorage.copy(
                    from: old, to: new, capacity: capacity, claim: claim)
                if case .flawed(let flaw) = copy { return leave(old, "\(flaw)") }
                copySnapshots(from: home, to: away)
            } catch let error as RegistryError where error.isDamage {
                throw error
            } catch {
                leave(old, "\(error)")
            }
        }

        private mutating func leave(_ path: String, _ reason: String) {
            notices.append(
                StartNotice(.fault, .repaired, why: [Phrase("ring-unread", path, reason)]))
        }

        private mutating func refuse(_ path: String, _ flaw: RingFlaw) throws {
            notices.append(
                StartNotice(try RingStorage.refuse(path: path, flaw, claim: claim)))
        }

        private func copyRegistry(from source: String, to target: String) throws -> Bool {
            let name = RingPlace.registryName
            return try SensorRegistry.copy(from: "\(source)/\(name)", to: "\(target)/\(name)")
        }

        /// As far as that can be done: what is torn or missing is found out, and done without.
        private func copySnapshots(from source: String, to target: String) {
            for name in Self.snapshots {
                unsafe unlink("\(target)/\(name)")
                try? FileManager.default.copyItem(
                    atPath: "\(source)/\(name)", toPath: "\(target)/\(name)")
            }
        }

        /// Removes what belonged to a ring that is gone from there.
        private func clear(_ directory: String) {
            for name in Self.snapshots + [RingPlace.registryName] {
                unsafe unlink("\(directory)/\(name)")
            }
        }
    }
}
