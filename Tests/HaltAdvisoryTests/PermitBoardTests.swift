import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("PermitBoard")
struct PermitBoardTests {
    private static let place = PermitBoard.Key(level: .place, code: "B")

    private func assessment(_ verdict: Verdict, text: String = "why") -> Assessment {
        let evidence: [Assessment.Evidence] =
            verdict == .proven ? [] : [.init(verdict, [.verbatim(text)], in: .english)]
        return Assessment(
            mine: .init(.mine, "demo", "", evidence: evidence), districts: [],
            places: [.init(.place, "B", "", evidence: evidence)])
    }

    @Test("a place that is proven at first has to be so for ten seconds, to the last")
    func first() {
        var board = PermitBoard()
        let (changed, gone) = board.take(assessment(.proven), at: 0)
        #expect(changed.map(\.code) == ["demo", "B"])
        #expect(gone.isEmpty)
        #expect(board.entries[Self.place]?.permit == .doubtful)
        #expect(board.heldBackCount == 2)
        #expect(board.take(assessment(.proven), at: 9_999_999_999).changed.isEmpty)
        #expect(board.take(assessment(.proven), at: 10_000_000_000).changed.count == 2)
        #expect(board.entries[Self.place]?.permit == .permitted)
        #expect(board.entries[Self.place]?.sinceNanoseconds == 10_000_000_000)
        #expect(board.heldBackCount == 0)
    }

    @Test("what grows worse is told at once, what flaps is told as bad and once")
    func flapping() {
        var board = PermitBoard()
        _ = board.take(assessment(.proven), at: 0)
        _ = board.take(assessment(.proven), at: 10_000_000_000)
        _ = board.take(assessment(.notProven), at: 11_000_000_000)
        #expect(board.entries[Self.place]?.permit == .halted)
        var verdicts: Set<Permit> = []
        for second in 12..<60 {
            _ = board.take(
                assessment(second % 5 == 0 ? .notProven : .proven),
                at: Int64(second) * 1_000_000_000)
            if let permit = board.entries[Self.place]?.permit { verdicts.insert(permit) }
        }
        #expect(verdicts == [.halted])
        #expect(board.entries[Self.place]?.sinceNanoseconds == 11_000_000_000)
    }

    @Test("other reasons are news, the same are none; a place that is gone is named once")
    func news() {
        var board = PermitBoard()
        _ = board.take(assessment(.doubtful), at: 0)
        #expect(board.take(assessment(.doubtful), at: 1).changed.isEmpty)
        #expect(board.take(assessment(.doubtful, text: "else"), at: 2).changed.count == 2)
        var less = assessment(.doubtful, text: "else")
        less.places = []
        #expect(board.take(less, at: 3).gone == [Self.place])
        #expect(board.take(less, at: 4).gone == [])
        #expect(board.entries.count == 1)
    }
}
