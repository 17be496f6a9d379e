import Foundation
import GasModel
import Testing
import TraceReplay

/// What `Simulator/Traces/PROVENANCE.md` says of each trace.
@Suite("Composed traces")
struct ComposedTraceTests {
    /// The values of one sensor and the seconds at which they stand.
    private func series(_ trace: String, _ sensor: String) throws -> [(at: Int, value: Double)] {
        let found = try read(composedTrace(trace))
        #expect(found.badCount == 0)
        let start = try #require(found.rows.first).time
        #expect(found.rows.allSatisfy { $0.quality == .good })
        return found.rows.filter { $0.sensor == sensor }
            .map { (Int($0.time.seconds(since: start)), $0.value) }
    }

    /// The seconds at which a series reaches `limit` from below.
    private func reached(_ limit: Double, _ series: [(at: Int, value: Double)]) -> [Int] {
        zip(series, series.dropFirst())
            .filter { $0.value < limit && $1.value >= limit }.map { $1.at }
    }

    @Test("the stopped fan takes T1 over its limits once, then the slug takes T2 over its own")
    func fanStop() throws {
        let face = try series("heading-fan-stop.csv", "H101-T1")
        #expect(face.count == 900)
        #expect(face.prefix(180).allSatisfy { 0.3...0.5 ~= $0.value })
        #expect(reached(1.0, face) == [325])
        #expect(reached(1.5, face) == [452])
        #expect(reached(2.0, face).count == 1)
        let outby = try series("heading-fan-stop.csv", "H101-T2")
        #expect(outby.prefix(615).allSatisfy { $0.value < 0.6 })
        #expect(reached(1.0, outby) == [731])
        for last in [face, outby].map({ $0.suffix(30) }) {
            #expect(last.allSatisfy { $0.value < 0.95 })
        }
    }

    @Test(
        "the longwall breathes below 0.92 of its alarm limit",
        arguments: ["W201-T0", "W201-T1", "W201-T2"])
    func longwall(sensor: String) throws {
        let values = try series("longwall-shift.csv", sensor)
        #expect(values.count == 7200)
        #expect(values.allSatisfy { 0.2...0.92 ~= $0.value })
        #expect(values.contains { $0.value > 0.8 })
        #expect(reached(0.6, values).count >= 3, "it must oscillate, or it tries nothing")
        let steepest = zip(values, values.dropFirst(20)).map { abs($1.value - $0.value) }.max()
        #expect(try #require(steepest) <= 0.25)
    }

    @Test("the outburst passes cut seconds after alarm, and 40 % within minutes, without an end")
    func outburst() throws {
        for (sensor, alarm) in [("H101-T1", 121), ("H101-T2", 233)] {
            let values = try series("outburst.csv", sensor)
            #expect(reached(1.0, values) == [alarm])
            #expect(reached(1.5, values) == [alarm + 1])
            #expect(reached(40, values).allSatisfy { $0 < alarm + 60 })
            #expect(try #require(values.last).value > 40)
        }
    }

    private static let python = ["/usr/bin/python3", "/usr/local/bin/python3"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(
        "are what compose.py writes, byte for byte",
        .enabled(if: python != nil, "there is no python3 to run compose.py"))
    func reproduced() throws {
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.python))
        process.arguments = ["-B", composedTrace("compose.py"), "--check"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
