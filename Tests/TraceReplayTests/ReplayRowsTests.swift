import GasModel
import Testing
import TraceReplay

@Suite("Replay rows")
struct ReplayRowsTests {
    private let trace = """
        ts,sensor,value
        1772438400,MM116,0.4
        1772438400,MM31,0.5
        1772438400,AS038,2.4
        bad,MM116,0.5
        1772438401,MM116,0.6
        1772438401,a/b,0.7
        1772438400,MM31,0.8
        """

    private struct Found {
        var portions: [[String]] = []
        var leftOut = 0
        var bad: [Int] = []
        var badCount = 0
        var missing: [String] = []
        var sensorList = ""
    }

    private func found(
        _ selection: SensorSelection = SensorSelection(),
        _ portions: ReplayRows.Portions = .rows, _ policy: TraceReader.BadLines = .collect,
        text: String? = nil
    ) throws -> Found {
        try withFile((text ?? trace).utf8) { path in
            var rows = try ReplayRows(
                path: path, selection: selection, portions: portions, badLines: policy)
            var found = Found()
            while let portion = try rows.next() {
                found.portions.append(portion.map { "\($0.sensor) \($0.value)" })
            }
            found.leftOut = rows.leftOutCount
            found.bad = rows.badLines.map(\.line)
            found.badCount = rows.badLineCount
            found.missing = rows.missing
            found.sensorList = rows.sensorList
            return found
        }
    }

    @Test("without a selection every row that can be sent is sent, one by one, in file order")
    func everything() throws {
        let found = try found()
        #expect(
            found.portions
                == [["MM116 0.4"], ["MM31 0.5"], ["AS038 2.4"], ["MM116 0.6"], ["MM31 0.8"]])
        #expect(found.leftOut == 0)
        #expect(found.bad == [5, 7])
        #expect(found.badCount == 2)
        #expect(found.missing == [])
    }

    @Test("only the sensors named are sent, under the codes given to them; the rest is counted")
    func selection() throws {
        let found = try found(
            SensorSelection(only: ["MM116", "MM32"], renames: ["MM116": "T1", "X": "T2"]))
        #expect(found.portions == [["T1 0.4"], ["T1 0.6"]])
        #expect(found.leftOut == 4)
        #expect(found.bad == [5])
        #expect(found.missing == ["MM32", "X"])
        #expect(found.sensorList == "AS038, MM116, MM31, a/b")
    }

    @Test("a sensor whose code no topic can carry can be sent under another")
    func renamed() throws {
        let found = try found(SensorSelection(renames: ["a/b": "ab"]))
        #expect(found.portions[4] == ["ab 0.7"])
        #expect(found.bad == [5])
    }

    @Test("rows of one time that stand together share a portion; what stands apart does not")
    func instants() throws {
        let found = try found(SensorSelection(), .instants)
        #expect(
            found.portions
                == [["MM116 0.4", "MM31 0.5", "AS038 2.4"], ["MM116 0.6"], ["MM31 0.8"]])
    }

    @Test("a portion ends where the daemon would take no more of it")
    func fullPortion() throws {
        let count = ReplayRows.portionRowsMax + 1
        let rows = (0..<count).map { "1772438400,S\($0),1" }.joined(separator: "\n")
        let found = try found(SensorSelection(), .instants, text: "ts,sensor,value\n" + rows)
        #expect(found.portions.map(\.count) == [count - 1, 1])
        #expect(found.sensorList == "S0, S1, S10, S100, S1000, 4,092 more")
    }

    @Test("told to stop, it throws at the first bad line, by its number")
    func stops() throws {
        let error = #expect(throws: TraceError.self) {
            try found(SensorSelection(), .rows, .stop)
        }
        #expect(error?.line == 5)
        let unsendable = #expect(throws: TraceError.self) {
            try found(
                SensorSelection(only: ["a/b"]), .rows, .stop,
                text: "ts,sensor,value\n1772438400,a/b,1")
        }
        #expect(unsendable?.line == 2)
    }

    @Test(
        "a code is sent if it fits one level of a topic",
        arguments: [
            ("H101-T1", true), ("MM116@1.2", true), ("瓦斯", true), ("a b", true), ("", false),
            ("a/b", false), ("a+", false), ("#", false), ("a\u{0}", false), ("a\u{7F}", false),
            (String(repeating: "x", count: 64), true), (String(repeating: "x", count: 65), false),
        ])
    func codes(code: String, canBeSent: Bool) {
        #expect(SensorSelection.canBeSent(code) == canBeSent)
    }
}
