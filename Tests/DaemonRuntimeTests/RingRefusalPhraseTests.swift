import DaemonRuntime
import GasModel
import HaltAdvisory
import ReadingRing
import Testing

@Suite("A refused ring in words")
struct RingRefusalPhraseTests {
    private static let flaws: [RingFlaw] = [
        .notRegularFile, .size(found: 1, allowed: 2), .magic(found: 0xAB),
        .version(found: 1, allowed: 2), .recordBytes(found: 1, allowed: 64),
        .capacity(found: 8, allowed: 16), .checksum(found: 0xC, allowed: 0xD),
        .cursor(reader: "trend", found: 9, allowed: 1...4), .record(position: 1, found: 9),
        .superseded, .otherSensors,
    ]

    @Test("the phrase says in English what its description says, and says it in Chinese")
    func same() throws {
        for flaw in Self.flaws {
            let refusal = RingRefusal(path: "/s/ring", flaw: flaw, movedTo: "/s/ring.refused-1")
            #expect([refusal.phrase].said(in: .english) == refusal.description)
            let chinese = try #require([refusal.phrase].said(in: .chinese))
            #expect(chinese.firstMatch(of: /[a-z]{3,} [a-z]{2,}/) == nil, "\(chinese)")
        }
    }
}
