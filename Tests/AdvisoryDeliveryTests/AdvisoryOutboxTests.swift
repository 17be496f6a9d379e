import AdvisoryDelivery
import AdvisoryJournal
import GasModel
import HaltAdvisory
import MQTTSession
import Support
import Testing

/// What the same book and journal would make them, numbered from one.
private func items(_ findings: [Finding]) throws -> [AdvisoryOutbox.Item] {
    var book = AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: 7)
    var lines: [JournalLine] = []
    for finding in findings {
        guard let entry = book.take(finding) else { continue }
        lines.append(
            try JournalLine(
                JournalRecord(number: UInt64(lines.count + 1), previous: "", entry: entry)))
    }
    return lines.compactMap { AdvisoryOutbox.Item($0) }
}

private func finding(_ rule: Rule, _ change: Finding.Change, at second: Double) -> Finding {
    Finding(
        rule, change, of: .sensor(Heading.face), value: 1.6, eventTime: .at(second),
        arrivalTime: .at(second), position: UInt64(second))
}

@Suite("AdvisoryOutbox")
struct AdvisoryOutboxTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func outbox() -> AdvisoryOutbox {
        AdvisoryOutbox(mine: "demo", markPath: directory.file("outbox"))
    }

    @Test("a standing advisory goes retained to its topic, and is forgotten with the PUBACK")
    func standing() throws {
        let item = try items([finding(.cut, .began, at: 0)])[0]
        var outbox = outbox()
        outbox.take(item)
        let due = outbox.due()
        #expect(
            due.map(\.message) == [
                MQTTMessage(
                    topic: "firedamp/v1/demo/advisory/\(item.id)", payload: item.payload,
                    retain: true)
            ])
        let again = outbox.due()
        #expect(again.isEmpty)
        outbox.acknowledged(token: due[0].token)
        let state = (outbox.pendingCount, outbox.acknowledgedThrough)
        #expect(state == (0, 1))
    }

    @Test("of one advisory only the newest revision waits")
    func newest() throws {
        let all = try items([finding(.cut, .began, at: 0), finding(.cut, .ended, at: 1)])
        var outbox = outbox()
        for line in all { outbox.take(line) }
        let due = outbox.due()
        #expect(due.map(\.message.payload) == [all[1].payload])
    }

    @Test("a closed advisory is told once more and then removed from what is retained")
    func closed() throws {
        let all = try items([finding(.alarm, .began, at: 0), finding(.alarm, .ended, at: 1)])
        var outbox = outbox()
        for line in all { outbox.take(line) }
        let due = outbox.due()
        #expect(due.map(\.message.retain) == [false, true])
        #expect(due.map(\.message.payload) == [all[1].payload, []])
        for item in due { outbox.acknowledged(token: item.token) }
        let pending = outbox.pendingCount
        #expect(pending == 0)
    }

    @Test("no more than a few are in flight; the rest follows the acknowledgements")
    func window() throws {
        var findings: [Finding] = []
        for second in 0..<30 {
            findings.append(finding(.alarm, .began, at: Double(second)))
            findings.append(finding(.alarm, .ended, at: Double(second) + 0.5))
        }
        var outbox = outbox()
        for line in try items(findings) { outbox.take(line) }
        let first = outbox.due()
        #expect(first.count { $0.token != 0 } == AdvisoryOutbox.inFlightMax)
        for item in first { outbox.acknowledged(token: item.token) }
        let rest = outbox.due()
        #expect(rest.count { $0.token != 0 } == 10)
    }

    @Test("the mark on disk moves only over a gapless row, and a new process starts behind it")
    func mark() throws {
        let all = try items([
            finding(.cut, .began, at: 0), finding(.alarm, .began, at: 1),
            finding(.fault, .began, at: 2),
        ])
        do {
            var outbox = outbox()
            for line in all { outbox.take(line) }
            _ = outbox.due()
            outbox.acknowledged(token: 1)
            outbox.acknowledged(token: 3)
            let through = outbox.acknowledgedThrough
            #expect(through == 1)
        }
        let after = outbox().acknowledgedThrough
        #expect(after == 1)
    }
}
