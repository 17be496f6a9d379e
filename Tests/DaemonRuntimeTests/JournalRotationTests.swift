import AdvisoryJournal
import BrokerSupport
import DaemonRuntime
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// A daemon whose journal goes from segment to segment while it guards.
@Suite("Journal of a daemon", .serialized)
final class JournalRotationTests: DaemonBench {
    private let signer = JournalSigner()

    private func start(bytesMax: Int = 1500, signer: JournalSigner? = nil) throws -> Daemon {
        try startDaemon { options in
            options.heartbeatSeconds = 1
            options.journalLimits.bytesMax = bytesMax
            options.signer = signer
        }
    }

    private var numbers: [Int] {
        alerts.compactMap { line in
            line.split(separator: " ").first { $0.hasPrefix("#") }.flatMap { Int($0.dropFirst()) }
        }
    }

    private var segmentCount: Int {
        let names = try? FileManager.default.contentsOfDirectory(
            atPath: directory.file("state/journal"))
        return (names ?? []).count { $0.hasPrefix("advisories") && $0.hasSuffix(".jsonl") }
    }

    /// A halt at the face, then readings to and fro at the return until there are `count` segments.
    private func fill(_ client: TestClient, to count: Int) throws {
        client.publish("firedamp/v1/demo/reading/H101-T1", payload("1.6"))
        try eventually("the halt is told") { alerts.contains { $0.contains("HALT      RAISED") } }
        for index in 0..<40 where segmentCount < count {
            let told = numbers.count
            client.publish(
                "firedamp/v1/demo/reading/H101-T1", payload(index % 2 == 0 ? "0.4" : "1.6"))
            try eventually("it is told") { numbers.count > told }
            let before = segmentCount
            if index % 3 == 2 {
                try? eventually("a tick", within: 3) { segmentCount > before }
            }
        }
        try #require(segmentCount >= count)
    }

    @Test("nothing is told twice or lost over rotations and restarts, and the halt still stands")
    func rotations() throws {
        for signer in [nil, signer] {
            let daemon = try start(signer: signer)
            let client = try TestClient(port: broker.port)
            if signer == nil { try fill(client, to: 3) }
            client.stop()
            daemon.stop(reason: "the test stops it")
        }
        let third = try start(signer: signer)
        try eventually("it stands") {
            alerts.last { $0.contains("STARTED") }?.contains("with 1 halts") == true
        }
        third.stop(reason: "the test is over")
        #expect(alerts.count { $0.contains("HALT      RAISED") } == 1)
        #expect(!alerts.contains { $0.contains("CARRIED") })
        #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
        let report = try verifyJournal(directory: directory.file("state/journal"))
        #expect(report.isWhole, "\(report.damages)")
        #expect(report.signedFrom != nil && report.keys == [signer.key])
        #expect(alerts.contains { $0.contains("signed from here on, with the key") })
        // Every number that the log does not show is a restatement.
        var carried = 0
        for name in try FileManager.default.contentsOfDirectory(
            atPath: directory.file("state/journal"))
        where name.hasPrefix("advisories") {
            carried += try directory.bytes("state/journal/" + name).split(separator: 10).count {
                try JournalLine(bytes: Array($0)).isCarried
            }
        }
        #expect(report.lines == numbers.count + carried)
    }

    @Test("what the alert log does not have yet is told at a start, also from closed segments")
    func readBack() throws {
        var first: Daemon? = try start()
        let client = try TestClient(port: broker.port)
        try fill(client, to: 3)
        client.stop()
        first?.stop(reason: "the test stops it")
        first = nil
        let whole = numbers
        // As if the log's disk had refused all but the first three lines.
        let path = "state/alerts.log"
        let lines = String(decoding: try directory.bytes(path), as: UTF8.self)
            .split(separator: "\n").filter { $0.contains("#") }.prefix(3)
        try directory.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: path)
        let second = try start()
        second.stop(reason: "the test is over")
        #expect(numbers.prefix(whole.count) == whole[...])
        #expect(numbers.count == whole.count + 2)
    }

    /// A journal of two segments: the first ended `ages[0]` days ago, the second `ages[1]`.
    private func writeOld(_ ages: [Double]) throws {
        let now = Timestamp(milliseconds: nowMilliseconds())
        func entry(_ days: Double) -> Announcement {
            let time = now.advanced(byNanoseconds: -Int64(days * 86_400e9))
            return .notice(.notice, .loss, at: time, site: Heading.site, why: "long ago")
        }
        let journal = directory.file("state/journal")
        try FileManager.default.createDirectory(
            atPath: journal, withIntermediateDirectories: true)
        var writer = try AdvisoryJournal.open(directory: journal, now: now)
        _ = try writer.append([entry(ages[0])])
        let book = AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: 1)
        try writer.begin(
            AdvisoryJournal.Opening(
                book, at: now.advanced(byNanoseconds: -Int64(ages[1] * 86_400e9))))
        _ = try writer.append([entry(ages[1])])
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -ages[0] * 86_400)],
            ofItemAtPath: journal + "/advisories-000000000001.jsonl")
    }

    @Test("what is older than the site keeps it is deleted, told, and its end is on record")
    func retired() throws {
        try writeOld([800, 1])
        let daemon = try start(bytesMax: 1 << 20)
        try eventually("it is told", within: 10) {
            alerts.contains { $0.contains("RETIRED") && $0.contains("older than 731 days") }
        }
        daemon.stop(reason: "the test is over")
        #expect(segmentCount == 1)
        let report = try verifyJournal(directory: directory.file("state/journal"))
        #expect(report.isWhole && report.firstNumber == 2)
    }

    @Test("with a clock that is far ahead of the journal nothing is deleted")
    func wrongClock() throws {
        try writeOld([800, 70])
        let daemon = try start(bytesMax: 1 << 20)
        try eventually("a second tick", within: 10) { alerts.count { $0.contains("ALIVE") } >= 3 }
        daemon.stop(reason: "the test is over")
        #expect(!alerts.contains { $0.contains("RETIRED") })
        let report = try verifyJournal(directory: directory.file("state/journal"))
        #expect(report.isWhole && report.firstNumber == 1)
    }
}
