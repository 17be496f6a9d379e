import AdvisoryDelivery
import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import Support

/// One announcement of an advisory, or a notice where there is no `id`.
struct Told {
    var severity = Severity.halt
    var transition = Transition.raised
    var id: String?
    var revision = 1
    var state = AdvisoryReference.State.active
    var rule = Rule.cut
    var value: Double? = 1.6
    var limit: String? = ">=1.50"
    var second = 0.0
    var why = "T1 of H101 reached the cut limit"
    /// `why` in phrases, instead of it.
    var words: [Phrase]? = nil

    /// As the book would make it. What has no initialiser outside its module is decoded.
    func entry() throws -> Announcement {
        var entry = Announcement.notice(
            severity, transition, at: .at(second), site: Heading.site, sensor: "H101-T1", why: why,
            action: "stop work")
        guard let id else { return entry }
        if let words { entry.say(words, do: [Phrase("do-stop")], in: .english) }
        entry.place = "H101"
        entry.limit = limit
        let reference =
            "{\"id\":\"\(id)\",\"revision\":\(revision),\"state\":\"\(state.rawValue)\","
            + "\"rule\":\"\(rule.rawValue)\",\"onsetNanoseconds\":\(entry.atNanoseconds)}"
        entry.advisory = try JSONDecoder().decode(
            AdvisoryReference.self, from: Data(reference.utf8))
        let cause =
            "{\"unit\":\"%CH4\",\"measuredAt\":\"\(entry.at)\",\"measuredNanoseconds\":0,"
            + "\"arrivedNanoseconds\":0,\"position\":1,\"ring\":1"
            + (value.map { ",\"value\":\($0)" } ?? "") + "}"
        entry.cause = try JSONDecoder().decode(Cause.self, from: Data(cause.utf8))
        return entry
    }
}

/// A journal in a directory of its own, and what an outlet needs besides it.
final class DeliveryBench {
    let directory: TemporaryDirectory
    let clock = ManualClock()
    var newest: UInt64 = 0
    let logged = Guarded<[String]>([])

    init() throws { directory = try TemporaryDirectory() }

    /// Puts announcements into the journal.
    func append(_ told: [Told]) throws -> [JournalLine] {
        var journal = try AdvisoryJournal.open(
            directory: directory.file("journal"), now: .at(0))
        let lines = try journal.append(told.map { try $0.entry() })
        newest = journal.lastNumber
        return lines
    }

    var journal: JournalTail { JournalTail(directory: directory.file("journal")) }

    func parts(_ transports: [String: ScriptedTransport] = [:]) -> OutletParts {
        let logged = logged
        var parts = OutletParts(
            journal: journal, directory: directory.file("outlets"), clock: clock.clock,
            log: { line in logged.withLock { $0.append(line) } })
        if !transports.isEmpty {
            parts.transport = { settings, _ in
                guard let known = transports[settings.name] else {
                    throw CocoaError(.fileNoSuchFile)
                }
                return known
            }
        }
        return parts
    }

    static func settings(_ name: String, path: String = "/") -> OutletSettings {
        OutletSettings(name: name, target: .cap(directory: path))
    }
}

/// Clocks that stand until they are moved.
final class ManualClock: Sendable {
    private let nanoseconds = Guarded<Int64>(1_000_000_000_000)

    func advance(_ seconds: Double) { nanoseconds.withLock { $0 += Int64(seconds * 1e9) } }

    var now: Int64 { nanoseconds.withLock { $0 } }

    var clock: OutletClock {
        OutletClock(
            steady: { self.now },
            civil: { Timestamp(nanoseconds: 1_700_000_000_000_000_000 + self.now) })
    }
}

/// An other end that does as it is told, in the test's own hand.
final class ScriptedTransport: OutletTransport, Sendable {
    /// What it answers to a document; may block.
    typealias Script = @Sendable (OutletDocument) -> DeliveryOutcome

    private let kept = Guarded<[OutletDocument]>([])
    /// A closure behind a generic lock grows by a layer with every look; a box does not.
    private struct Box: Sendable {
        var script: Script
    }

    private let script: Guarded<Box>
    private let count = DispatchSemaphore(value: 0)

    init(_ script: @escaping Script = { _ in .delivered }) {
        self.script = Guarded(Box(script: script))
    }

    func answer(_ script: @escaping Script) { self.script.withLock { $0.script = script } }

    /// The documents that it took, in the order in which they came.
    var taken: [OutletDocument] { kept.withLock { $0 } }

    func deliver(_ document: OutletDocument) -> DeliveryOutcome {
        let outcome = script.withLock { $0 }.script(document)
        if outcome == .delivered { kept.withLock { $0.append(document) } }
        count.signal()
        return outcome
    }

    /// Returns when so many more attempts were answered; false when they did not come. `moving`:
    /// the clock that goes on meanwhile, a second at a time.
    func waitForAttempts(_ attempts: Int, moving clock: ManualClock? = nil) -> Bool {
        (0..<attempts).allSatisfy { _ in
            for _ in 0..<1000 {
                if count.wait(timeout: .now() + .milliseconds(20)) == .success { return true }
                clock?.advance(1)
            }
            return false
        }
    }
}
