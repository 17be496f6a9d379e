import AdvisoryDelivery
import Foundation
import GasModel
import HaltAdvisory
import MQTTSession
import Support
import Testing

@Suite("Permits on their way to the broker")
struct PermitTests {
    private func key(_ number: Int) -> PermitBoard.Key { .init(level: .place, code: "P\(number)") }

    private func message(_ key: PermitBoard.Key) -> MQTTMessage {
        MQTTMessage(topic: key.code, payload: [])
    }

    @Test("halts go first, twenty at a time, each area once and as it is then")
    func order() {
        var outbox = PermitOutbox()
        for number in 0..<30 { outbox.take(key(number), number % 3 == 2 ? .halted : .permitted) }
        outbox.take(key(0), .halted)
        outbox.take(key(0), .halted)
        let first = outbox.due(message)
        #expect(first.count == PermitOutbox.inFlightMax)
        #expect(first.prefix(11).map(\.message.topic).contains("P0"))
        #expect(Set(first.prefix(11).map(\.message.topic)).count == 11)
        #expect(outbox.due(message).isEmpty)
        for (_, token) in first {
            let isPermit = outbox.settled(token: token)
            #expect(isPermit)
        }
        let rest = outbox.due(message)
        #expect(rest.count == 10)
        #expect(Set((first + rest).map(\.message.topic)).count == 30)
        let isOther = outbox.settled(token: 17)
        #expect(!isOther, "the number of a line of the journal")
        for (_, token) in rest { _ = outbox.settled(token: token) }
        #expect(outbox.pendingCount == 0)
    }

    @Test("a permit says until when it may be believed, and the last one that nobody looks")
    func content() throws {
        var board = PermitBoard()
        let evidence = (0..<25).map { number in
            Assessment.Evidence(.doubtful, [.verbatim("reason \(number)")], in: .english)
        }
        let area = Assessment.Area(.place, "H101", "Heading", evidence: evidence)
        _ = board.take(
            Assessment(
                mine: .init(.mine, "demo", "", evidence: []), districts: [], places: [area]),
            at: testStart.nanoseconds)
        let key = PermitBoard.Key(level: .place, code: "H101")
        let entry = try #require(board.entries[key])
        var site = Heading.site
        let permit = PermitMessage(entry, of: site, at: .at(60), journal: 9)
        let message = permit.message
        #expect(message.topic == "firedamp/v1/demo/place/H101/permit")
        #expect(message.retain && message.qos == 1)
        let read = try JSONDecoder().decode(PermitMessage.self, from: Data(message.payload))
        #expect(read == permit)
        #expect(read.expires == Timestamp.at(150).rfc3339())
        #expect((read.reasons.count, read.reasonCount) == (20, 25))
        let mine = try #require(board.entries[PermitBoard.Key(level: .mine, code: "demo")])
        var good = PermitMessage(mine, of: site, at: .at(60), journal: 9)
        #expect(good.permit == .doubtful)
        #expect(good.reasons.map(\.text) == ["better for less than 10 s"])
        good.permit = .permitted
        let last = good.ending(at: .at(61), in: .english)
        #expect(last.permit == .doubtful)
        #expect(last.expires == last.at)
        #expect(last.reasons.first?.text == "nobody looks: the daemon has ended")
        site.language = .chinese
        let chinese = PermitMessage(mine, of: site, at: .at(60), journal: 9)
        #expect(chinese.reasons.map(\.text) == ["好转未满10秒"])
        #expect(chinese.reasons.map { $0.said(in: .english).text } == ["better for less than 10 s"])
        let end = chinese.ending(at: .at(61), in: .chinese)
        #expect(end.reasons.first?.text == "无人监视：监控程序已停止")
    }
}
