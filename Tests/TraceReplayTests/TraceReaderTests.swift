import Foundation
import GasModel
import Testing
import TraceReplay

@Suite("Trace reader")
struct TraceReaderTests {
    @Test(
        "finds the columns by their names",
        arguments: [
            "ts,sensor,value\n2026-03-02T08:00:00Z,T1,0.42\n",
            "ts,sensor,value\n2026-03-02T08:00:00Z,T1,0.42",
            "value,unit,ts,note,sensor\r\n0.42,%CH4,2026-03-02T08:00:00Z,,T1\r\n",
            "\u{FEFF}TS , Sensor,VALUE\n 2026-03-02T08:00:00Z , T1\t, 0.42 \n\n\n",
            "\"ts\",\"note\",\"sensor\",\"value\"\n"
                + "2026-03-02T09:00:00+01:00,\"a,b\",\"T1\",\"0.42\"\n",
        ])
    func columns(text: String) throws {
        let found = try read(text: text)
        #expect(found.badCount == 0)
        let row = try #require(found.rows.first)
        #expect(found.rows.count == 1)
        #expect(row.line == 2)
        #expect(row.time == Timestamp(milliseconds: 1_772_438_400_000))
        #expect(row.sensor == "T1")
        #expect(row.value == 0.42)
        #expect(row.quality == .good)
    }

    @Test(
        "takes seconds and milliseconds by their size, exact to the nanosecond",
        arguments: [
            ("1772438400", 1_772_438_400_000_000_000),
            ("1772438400.5", 1_772_438_400_500_000_000),
            ("1772438400.123456789", 1_772_438_400_123_456_789),
            ("1772438400.1234567899", 1_772_438_400_123_456_789),
            ("1772438400123", 1_772_438_400_123_000_000),
            ("1772438400123.25", 1_772_438_400_123_250_000),
            ("946684800", 946_684_800_000_000_000),
            ("4133980799.999999999", 4_133_980_799_999_999_999),
        ] as [(String, Int64)])
    func epoch(text: String, nanoseconds: Int64) throws {
        let rows = try read(text: "ts,sensor,value\n\(text),T1,1\n").rows
        #expect(rows.map(\.time.nanoseconds) == [nanoseconds])
    }

    @Test(
        "replays what is no number as the fault that it was",
        arguments: [
            ("", .null), ("null", .null), ("NULL", .null), ("broken", .null), ("0;42", .null),
            ("nan", .nonFinite), ("NaN", .nonFinite), ("-inf", .nonFinite), ("1e999", .nonFinite),
            ("-999999", .sentinel), ("-999999.0", .sentinel), ("0", .good), ("-0.1", .good),
            ("1e2", .good),
        ] as [(String, Reading.Quality)])
    func faults(text: String, quality: Reading.Quality) throws {
        let rows = try read(text: "ts,sensor,value\n2026-03-02T08:00:00Z,T1,\(text)\n").rows
        #expect(rows.map(\.quality) == [quality])
        #expect(rows.allSatisfy { $0.value.isNaN == (quality != .good) })
    }

    private static let damaged = """
        ts,sensor,value
        2026-03-02T08:00:00Z,T1,1
        yesterday,T1,2
        2026-03-02T08:00:02,T1,3
        1999-12-31T23:59:59Z,T1,4
        2026-03-02T08:00:04Z,,5
        2026-03-02T08:00:05Z,T1
        99999999999999999999,T1,7
        "2026-03-02T08:00:07Z,T1,8
        2026-03-02T08:00:08Z,T1,9
        """

    @Test("one bad line does not lose the others, and is named by file, line and what is allowed")
    func badLines() throws {
        let found = try read(text: Self.damaged)
        #expect(found.rows.map(\.value) == [1, 9])
        #expect(found.rows.map(\.line) == [2, 10])
        #expect(found.badCount == 7)
        #expect(found.bad.map(\.line) == Array(3...9))
        let first = try #require(found.bad.first).description
        #expect(first.contains(".csv:3: ts is \"yesterday\"; allowed is RFC 3339"))
        #expect(found.bad[3].description.contains(":6: sensor is nothing; allowed is a sensor"))
    }

    @Test("what a trace holds cannot steer a terminal, and one that is packed is told as such")
    func printable() throws {
        let error = #expect(throws: TraceError.self) { try read(text: "a\u{1B}[31m,b\n") }
        #expect(error?.description.contains("\"a\u{FFFD}[31m,b\"") == true)
        let packed = #expect(throws: TraceError.self) {
            try withFile([0x1F, 0x8B, 8, 0, 10, 27]) { try read($0) }
        }
        #expect(packed?.found == "compressed")
    }

    @Test("a strict reader stops at the first bad line, and can go on after it")
    func strict() throws {
        try withFile(Self.damaged.utf8) { path in
            var reader = try TraceReader(path: path, badLines: .stop)
            #expect(try reader.next()?.value == 1)
            for _ in 0..<7 {
                do throws(TraceError) {
                    _ = try reader.next()
                    Issue.record("a bad line was taken")
                } catch {
                    #expect(error.line > 2)
                }
            }
            #expect(try reader.next()?.value == 9)
            #expect(try reader.next() == nil)
        }
    }

    @Test(
        "refuses a header without its three columns",
        arguments: ["", "\n", "ts,sensor\n", "time,sensor,value\n", "ts,sensor,value,ts\n"])
    func header(text: String) throws {
        let error = #expect(throws: TraceError.self) { try read(text: text) }
        #expect(error?.line == 1)
    }

    @Test("says why a file can't be opened or read")
    func noFile() {
        let missing = #expect(throws: TraceError.self) { try read("/does/not/exist.csv") }
        #expect(missing?.description.hasPrefix("/does/not/exist.csv: No such file") == true)
        let folder = #expect(throws: TraceError.self) { try read("/") }
        #expect(folder?.description.hasPrefix("/: Is a directory") == true)
    }

    @Test("lines across blocks are whole, and a line beyond the limit is refused alone")
    func blocks() throws {
        var text = "ts,sensor,value,note\n"
        for index in 0..<5000 {
            let note = String(repeating: "x", count: index % 97)
            text += "1772438400.\(index),S\(index),\(index),\(note)\n"
        }
        text += "1772438400,T1,1," + String(repeating: "y", count: 200_000) + "\n"
        text += "1772438400,T1,2,\n1772438400,T1,3," + String(repeating: "z", count: 65_519)
        let found = try read(text: text)
        #expect(found.rows.count == 5002)
        #expect(found.rows.prefix(5000).enumerated().allSatisfy { $1.sensor == "S\($0)" })
        #expect(found.rows.suffix(2).map(\.value) == [2, 3])
        #expect(found.bad.map(\.line) == [5002])
    }

    @Test("keeps the first bad lines and counts them all")
    func manyBadLines() throws {
        let text = "ts,sensor,value\n" + String(repeating: "x\n", count: 1000)
        let found = try read(text: text)
        #expect(found.bad.count == TraceReader.badLinesMax)
        #expect(found.badCount == 1000)
    }

    private static var recordedTrace: String? {
        let shared =
            ProcessInfo.processInfo.environment["FIREDAMP_SHARED"].map { URL(filePath: $0) }
            ?? packageRoot.deletingLastPathComponent().appending(path: "shared")
        let path = shared.appending(path: "data/dev/readings.csv").path(percentEncoded: false)
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    @Test(
        "reads a recorded trace of several quantities whole",
        .enabled(
            if: recordedTrace != nil,
            "the recorded data is not here (../shared/data/dev, or in FIREDAMP_SHARED)"))
    func recorded() throws {
        let found = try read(try #require(Self.recordedTrace))
        #expect(found.badCount == 0)
        var summary = TraceSummary()
        found.rows.forEach { summary.count($0) }
        #expect(summary.rowsOfSensor.keys.contains("AS038"))
        #expect(Set(summary.rowsOfSensor.values).count == 1)
        #expect(summary.faults == 0)
        #expect(summary.outOfOrder == 0)
        #expect(summary.text == "80,208 rows, 6 sensors, 4 d 15 h")
    }
}
