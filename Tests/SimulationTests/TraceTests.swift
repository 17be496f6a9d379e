import Foundation
import GasDetection
import GasModel
import HaltAdvisory
import SiteDescription
import Support
import Testing
import TraceReplay

/// The shipped traces through both detectors and the book, in virtual time: what each must cause
/// and what it must not is told in Simulator/Traces/PROVENANCE.md.
@Suite("Shipped traces")
struct TraceTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// What the operator would read: `HALT RAISED H101-T1`, in order.
    private func told(_ trace: String, site siteName: String) throws -> [Announcement] {
        let file = "\(Self.root)/Deploy/samples/\(siteName).yaml"
        let site = try SiteFile.read(
            Array(try Data(contentsOf: URL(fileURLWithPath: file))), name: file)
        let sensors: [Sensor?] = site.sensors
        var (limits, slopes) = (
            ThresholdDetector(Heading.roster(sensors)), TrendDetector(Heading.roster(sensors))
        )
        var book = AdvisoryBook(site: site, sensors: sensors, ring: 0)
        var reader = try TraceReader(path: "\(Self.root)/Simulator/Traces/\(trace).csv")
        var announcements: [Announcement] = []
        var position: UInt64 = 0
        while let row = try reader.next() {
            let index = try #require(site.sensors.firstIndex { $0.id == row.sensor })
            var reading = Reading(
                sensor: UInt32(index), kind: .measurement, sourceTime: row.time,
                arrivalTime: row.time, value: row.value)
            reading.position = position
            position += 1
            var findings: [Finding] = []
            limits.observe(reading, into: &findings)
            slopes.observe(reading, into: &findings)
            for finding in findings {
                if let entry = book.take(finding) { announcements.append(entry) }
            }
        }
        return announcements
    }

    private func gist(_ entries: [Announcement]) -> [String] {
        entries.map { "\($0.severity.rawValue) \($0.transition.rawValue) \($0.sensor ?? "")" }
    }

    @Test("a fan that stops: warned, alarmed and halted at the face, then halted in the return")
    func fanStop() throws {
        let entries = try told("heading-fan-stop", site: "heading")
        #expect(
            gist(entries) == [
                // The first alarm: sooner than people can be withdrawn; the second: the limit.
                "WARNING RAISED H101-T1", "ALARM RAISED H101-T1", "ALARM RAISED H101-T1",
                "HALT RAISED H101-T1", "WARNING GONE H101-T1", "ALARM GONE H101-T1",
                "HALT WORSE H101-T1", "HALT GONE H101-T1", "ALARM GONE H101-T1",
                "WARNING RAISED H101-T2", "ALARM RAISED H101-T2", "HALT RAISED H101-T2",
                "WARNING GONE H101-T2", "ALARM GONE H101-T2", "HALT GONE H101-T2",
            ])
        let warned = try #require(entries.first { $0.severity == .warning }).atNanoseconds
        let halted = try #require(entries.first { $0.severity == .halt }).atNanoseconds
        #expect(halted - warned > 30_000_000_000, "half a minute ahead, or it is no warning")
    }

    @Test("a longwall shift below its limits raises nothing at all")
    func longwall() throws {
        #expect(gist(try told("longwall-shift", site: "longwall")) == [])
    }

    @Test("an outburst halts with the first reading over the limit, and nothing ends the halt")
    func outburst() throws {
        let entries = try told("outburst", site: "heading")
        let halts = entries.filter { $0.severity == .halt }
        #expect(
            gist(halts.filter { $0.transition == .raised }) == [
                "HALT RAISED H101-T1", "HALT RAISED H101-T2",
            ])
        #expect(!halts.contains { $0.transition == .gone })
    }

    @Test("the same trace tells the same, to the byte")
    func deterministic() throws {
        let first = try told("heading-fan-stop", site: "heading")
        #expect(try told("heading-fan-stop", site: "heading") == first)
    }
}
