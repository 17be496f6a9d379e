import Foundation
import GasModel
import HaltAdvisory
import ReadingRecord
import Support
import Testing

/// Which readings are put aside, when, and that what was put aside cannot be changed unseen.
@Suite("Evidence")
struct EvidenceTests {
    /// The first advisory that a cut of `sensor` at `second` raises.
    private static func halt(
        _ sensor: UInt32 = Heading.face, at second: Double, position: UInt64 = 1
    ) throws -> Announcement {
        var book = AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: 1)
        var source = ReadingSource(position: position)
        let reading = source.value(1.6, of: sensor, at: second)
        let told = book.take(Finding(.cut, .began, by: reading))
        return try #require(told)
    }

    private static func seal(_ request: EvidenceRequest) -> Announcement {
        var line = Announcement.notice(.notice, .sealed, at: .at(0), site: Heading.site, why: "")
        line.take(
            EvidenceSeal(
                advisories: request.subjects, file: request.fileName, sha256: "", bytes: 0,
                readings: 0, from: "", to: "", gaps: 0), in: .english)
        return line
    }

    @Test("due five minutes of ticks after it was told, whatever the civil clock does")
    func due() throws {
        var plan = EvidencePlan(EvidenceWindow())
        #expect(plan.due(at: .tick(at: 99)).isEmpty)
        plan.note(try Self.halt(at: 100))
        // The clock is set a day ahead.
        #expect(plan.due(at: .tick(at: 86_500, uptime: 400)).isEmpty)
        let due = plan.due(at: .tick(at: 86_509, uptime: 409))
        #expect(due.count == 1)
        #expect(due.first?.from == .at(-500) && due.first?.to == .at(400))
        #expect(plan.due(at: .tick(at: 86_510, uptime: 410)).isEmpty, "handed out once")
        plan.failed(try #require(due.first))
        #expect(plan.due(at: .tick(at: 86_560, uptime: 460)).isEmpty)
        #expect(plan.due(at: .tick(at: 86_571, uptime: 471)) == due)
        plan.note(Self.seal(try #require(due.first)))
        #expect(plan.count == 0)
    }

    @Test("after a restart what no line has sealed is due again, in the same file")
    func restart() throws {
        let halts = [try Self.halt(at: 100), try Self.halt(at: 5000, position: 2)]
        var before = EvidencePlan(EvidenceWindow())
        _ = before.due(at: .tick(at: 99))
        before.note(halts[0])
        let first = before.due(at: .tick(at: 500))
        var after = EvidencePlan(EvidenceWindow())
        for line in [halts[0], Self.seal(first[0]), halts[1]] { after.note(line) }
        #expect(after.due(at: .tick(at: 5100, uptime: 3)).isEmpty)
        let due = after.due(at: .tick(at: 5310, uptime: 213))
        #expect(
            due.map(\.subjects) == [
                [EvidenceSeal.Subject(id: halts[1].advisory?.id ?? "", revision: 1)]
            ])
        var old = EvidencePlan(EvidenceWindow())
        for halt in halts { old.note(halt) }
        old.forget(before: .at(4500))
        #expect(old.count == 1, "there is no record of the first")
        old.forget(before: nil)
        #expect(old.count == 0)
    }

    @Test("a flood of halts in one place is a few files, each halt in one of them")
    func flood() throws {
        var plan = EvidencePlan(EvidenceWindow())
        _ = plan.due(at: .tick(at: 99))
        var requests: [EvidenceRequest] = []
        for index in 0..<1000 {
            plan.note(try Self.halt(at: 100 + Double(index), position: UInt64(index)))
            requests += plan.due(at: .tick(at: 100 + Double(index)))
        }
        requests += plan.due(at: .tick(at: 2000))
        #expect(requests.count <= 4)
        #expect(Set(requests.flatMap(\.subjects)).count == 1000)
        #expect(requests.flatMap(\.subjects).count == 1000)
        #expect(Set(requests.map(\.fileName)).count == requests.count)
    }

    @Test("the file holds what was received around the halt, and a change of it is found")
    func file() throws {
        let directory = try TemporaryDirectory()
        let recording = try Recording(directory: directory.path)
        var records = (0..<1200).map { Reading.numbered(UInt64($0), at: Double($0)) }
        records[700].kind = .fault
        records[700].quality = .sentinel
        records[700].value = .nan
        recording.take(records)
        let halt = try Self.halt(at: 800)
        var plan = EvidencePlan(EvidenceWindow())
        plan.note(halt)
        _ = plan.due(at: .tick(at: 800))
        let requests = plan.due(at: .tick(at: 1200))
        let writer = EvidenceWriter(stateDirectory: directory.path)
        let outcomes = Guarded<[EvidenceWriter.Outcome]>([])
        writer.write(requests, names: { [recorder = recording.recorder] in recorder.names }) {
            _, outcome in outcomes.withLock { $0.append(outcome) }
        }
        writer.sync()
        recording.stop()
        guard case .sealed(let seal) = try #require(outcomes.withLock { $0.first }) else {
            Issue.record("\(outcomes.withLock { $0 })")
            return
        }
        // From 200 to 1100, both ends included.
        #expect(seal.readings == 901)
        #expect(seal.gaps == 0)
        #expect(seal.advisories.map(\.id) == [halt.advisory?.id ?? ""])
        let bytes = try directory.bytes("evidence/" + seal.file)
        #expect(seal.flaw(in: bytes) == nil)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let head = try JSONDecoder().decode(EvidenceHead.self, from: Data(lines[0].utf8))
        #expect(head.sensors.map(\.id) == ["H101-T1", "H101-T2"])
        #expect(head.sensors.map(\.cut) == [1.5, 1.0])
        #expect(
            lines[501].contains(
                "\"kind\":\"fault\",\"sensor\":\"H101-T1\",\"quality\":\"sentinel\""))
        Self.expectFound(seal, bytes)
    }

    /// Every change of a sealed file, or of its seal, is found.
    private static func expectFound(_ seal: EvidenceSeal, _ bytes: [UInt8]) {
        for index in [10, bytes.count / 2, bytes.count - 3] {
            var changed = bytes
            changed[index] ^= 1
            if case .hash = seal.flaw(in: changed) { continue }
            Issue.record("a changed byte \(index) is not found")
        }
        #expect(seal.flaw(in: bytes.dropLast()) != nil)
        var other = seal
        other.advisories[0].revision = 2
        #expect(other.flaw(in: bytes) == .advisories(found: seal.advisories))
        other = seal
        other.readings = 3
        #expect(other.flaw(in: bytes) == .readings(found: 901, sealed: 3))
    }

    @Test("a line that seals is no part of the life of an advisory")
    func sealIsNoAdvisory() throws {
        var book = AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: 1)
        let halt = try Self.halt(at: 100)
        book.restore(halt)
        let before = book.open
        var plan = EvidencePlan(EvidenceWindow())
        plan.note(halt)
        _ = plan.due(at: .tick(at: 100))
        let due = plan.due(at: .tick(at: 500))
        book.restore(Self.seal(try #require(due.first)))
        #expect(book.open == before)
        #expect(book.openHaltCount == 1)
    }
}
