import Backtest
import Foundation
import GasModel
import HaltAdvisory
import SiteDescription
import Support
import Testing
import TraceReplay

@Suite("Back-test")
struct BacktestTests {
    private static let start = 1_772_438_400

    private func rows(_ values: [Double], sensor: String = "A", every: Int = 10) -> [String] {
        values.enumerated().map { "\(Self.start + $0 * every),\(sensor),\($1)" }
    }

    @Test("lines are numbered from the start notice on, dated by the trace, or by the given start")
    func lines() throws {
        let trace = try Trace(rows([0.4, 1.2, 0.4]))
        let lines = try judge(try ownSite(), [trace.path]).lines
        #expect(gist(lines) == ["NOTICE STARTED -", "HALT RAISED A", "HALT GONE A"])
        #expect(lines[1].contains(" #2 "))
        #expect(lines[1].hasSuffix("| id demo.A.cut.20260302T080010.000Z"))
        let moved = try judge(try ownSite(), [trace.path]) {
            $0.start = Timestamp(milliseconds: 1_795_456_800_000)
        }
        #expect(moved.lines[1].hasSuffix("| id demo.A.cut.20261123T180010.000Z"))
        #expect(moved.result.start == Timestamp(milliseconds: 1_795_456_800_000))
    }

    @Test("several traces are one, in the order of time, however they are split")
    func merge() throws {
        let site = try ownSite()
        let (a, b) = (rows([0.4, 1.2, 0.4, 0.4]), rows([0.4, 0.4, 1.3, 0.4], sensor: "B"))
        let mixed = zip(a, b).flatMap { [$0, $1] }
        let whole = try Trace(mixed)
        let (first, second) = (try Trace(a), try Trace(b))
        let one = try judge(site, [whole.path]).lines.dropFirst()
        let two = try judge(site, [first.path, second.path]).lines.dropFirst()
        #expect(Array(one) == Array(two))
        #expect(gist(Array(one)).count == 4)
    }

    @Test("what is no number becomes the fault that it is at the daemon's door, by the same screen")
    func faults() throws {
        let trace = try Trace(
            rows([0.4]) + ["\(Self.start + 10),A,nan", "\(Self.start + 20),A,130"]
                + ["\(Self.start + 30),A,-999999", "\(Self.start + 40),A,"])
        let result = try judge(try ownSite(), [trace.path]).result
        let sensors = try #require(try members(result)["sensors"] as? [[String: Any]])
        #expect(sensors[0]["readings"] as? Int == 5)
        #expect(sensors[0]["faults"] as? Int == 4)
        #expect(result.told.map(\.severity).contains(.fault))
    }

    @Test("a sensor that falls silent is told, and what the site does not have is counted by name")
    func silence() throws {
        let trace = try Trace(
            ["\(Self.start),A,0.4", "\(Self.start),X,9"]
                + (0..<60).map { "\(Self.start + $0),B,0.4" })
        let (lines, result) = try judge(try ownSite(), [trace.path])
        #expect(gist(lines).contains("FAULT RAISED A"))
        #expect(result.unknown == ["X": 1])
        #expect(result.rows == 62)
        #expect(result.judged == 61)
        let renamed = try judge(try ownSite(), [trace.path]) { $0.renames = ["X": "A"] }
        #expect(gist(renamed.lines).contains("HALT RAISED A"))
    }

    @Test("a column of arrivals makes late readings late; without one a row never comes before")
    func arrival() throws {
        let trace = try Trace(
            [
                "\(Self.start),A,0.4,\(Self.start)", "\(Self.start + 10),A,1.2,\(Self.start + 70)",
                "\(Self.start + 60),A,0.4,\(Self.start + 71)",
            ], header: "ts,sensor,value,arrival")
        let lines = try judge(try ownSite(interval: "60s"), [trace.path]).lines
        let halt = try #require(lines.first { $0.hasPrefix("HALT      RAISED") })
        #expect(halt.contains("LATE: the reading was 60 s old"))
        #expect(halt.contains(" age=60s "))
    }

    @Test("what is due at a whole second comes behind its tick, as at a socket")
    func behindTheTick() throws {
        var text = "mine: {code: demo, name: Test mine}\nlimit-table: own\n"
        text += "places: [{id: P, name: Place P, kind: heading}]\nsensors:\n"
        text += "  - {id: A, place: P, role: T1, unit: \"%CH4\", interval: 3s, "
        text += "alarm-delay: {on: 5s}, limits: {alarm: 1, cut: 2, repower: 1}}\n"
        let trace = try Trace(rows([0.4, 1.2, 1.2, 1.2, 1.2], every: 3))
        let lines = try judge(try SiteFile.read(text, name: "site.yaml"), [trace.path]).lines
        // Over from 3 s and some on: at the tick of 8 s not yet for five seconds.
        let alarm = try #require(lines.first { $0.hasPrefix("ALARM     RAISED") })
        #expect(alarm.contains(" 2026-03-02T08:00:09"))
    }

    @Test("bad lines are left out, counted and told; a strict back-test ends at the first")
    func badLines() throws {
        let trace = try Trace(rows([0.4]) + ["yesterday,A,1", "4133980700,A,0.4"] + rows([1.2]))
        let result = try judge(try ownSite(), [trace.path]).result
        #expect(result.badLineCount == 2)
        #expect(result.badLines.map(\.line) == [3, 4])
        #expect(result.badLines[1].description.contains("days after the row before"))
        let error = #expect(throws: TraceError.self) {
            try judge(try ownSite(), [trace.path]) { $0.isStrict = true }
        }
        #expect(error?.line == 3)
    }

    @Test("the picture is XML, keeps a peak of one reading in a day, and breaks at a gap")
    func picture() throws {
        var values = [Double](repeating: 0.4, count: 20_000)
        values[7777] = 3.21
        let trace = try Trace(
            rows(values, every: 4) + ["\(Self.start + 200_000),A,0.4"])
        let result = try judge(try ownSite(cut: 4), [trace.path]) { $0.wantsPicture = true }.result
        let svg = result.svg
        let parser = XMLCheck(svg)
        #expect(parser.isWellFormed)
        #expect(svg.contains("0.40 to 3.21, cut 4.00"))
        let curve = try #require(svg.split(separator: "\n").first { $0.hasPrefix("<path") })
        #expect(curve.count { $0 == "M" } == 2, "one stretch before the gap and one behind it")
        let heights = curve.split { "ML\"".contains($0) }.compactMap {
            Double($0.split(separator: " ").last ?? "")
        }
        let usual = heights.sorted()[heights.count / 2]
        #expect((heights.min() ?? usual) < usual - 50, "the peak stands far above the rest")
    }

    /// What stands in the picture of `rows`, one element a line.
    private func picture(of trace: Trace, _ site: Site) throws -> [Substring] {
        let result = try judge(site, [trace.path]) { $0.wantsPicture = true }.result
        #expect(XMLCheck(result.svg).isWellFormed)
        return result.svg.split(separator: "\n")
    }

    @Test("a peak that came late is drawn where it was measured")
    func latePeak() throws {
        let trace = try Trace(
            rows([Double](repeating: 0.4, count: 300)) + ["\(Self.start + 1000),A,2.5"])
        let drawn = try picture(of: trace, try ownSite())
        let curve = try #require(drawn.first { $0.hasPrefix("<path") })
        let heights = curve.split { "ML\"".contains($0) }.compactMap {
            Double($0.split(separator: " ").last ?? "")
        }
        #expect((heights.min() ?? 0) < (heights.max() ?? 0) - 50)
    }

    @Test("a silence that becomes a halt is drawn as one from then on, and counted as one each")
    func graver() throws {
        let trace = try Trace(
            (0..<500).flatMap { second in
                (second < 30 ? ["\(Self.start + second),A,0.4"] : [])
                    + ["\(Self.start + second),B,0.4"]
            })
        let drawn = try picture(of: trace, try ownSite(interval: "1s"))
        #expect(drawn.contains { $0.contains("time of the axis: UTC") })
        #expect(drawn.contains { $0.contains(">HALT 1<") })
        #expect(drawn.contains { $0.contains(">FAULT 1<") })
        let bars = drawn.filter { $0.contains("silence A #") }
        #expect(bars.count == 2)
        #expect(bars.contains { $0.contains("HALT silence A") })
    }

    @Test("what stands of a sensor that never spoke is seen in the panel of its place")
    func neverSpoke() throws {
        var text = "mine: {code: demo, name: Test mine}\nlimit-table: own\n"
        text += "places: [{id: P, name: Place P, kind: heading}]\nsensors:\n"
        for sensor in ["A", "B"] {
            text += "  - {id: \(sensor), place: P, role: T1, unit: \"%CH4\", interval: 10s, "
            text += "limits: {alarm: 1, cut: 1, repower: 1}}\n"
        }
        let trace = try Trace(rows([Double](repeating: 0.4, count: 60)))
        let drawn = try picture(of: trace, try SiteFile.read(text, name: "site.yaml"))
        #expect(drawn.contains { $0.contains("FAULT silence B #") })
    }

    @Test("marks of a span of years are whole days with their year", arguments: [301, 400, 4000])
    func years(days: Int64) {
        let start = Timestamp(milliseconds: Int64(Self.start) * 1000)
        let axis = TimeAxis(
            from: start, to: start.advanced(byNanoseconds: days * 86_400_000_000_000), left: 0,
            width: 1000, offsetSeconds: 3600)
        #expect(4...13 ~= axis.marks.count)
        for mark in axis.marks {
            #expect(mark.isDay && mark.label.hasPrefix("20") && mark.label.count == 10)
        }
    }

    @Test("twenty limits are no blot, and dots of a flood reach to its end")
    func crowded() throws {
        var text = "mine: {code: demo, name: Test mine}\nlimit-table: own\n"
        text += "places: [{id: P, name: Place P, kind: heading}]\nsensors:\n"
        for index in 0..<20 {
            let alarm = 0.8 + Double(index) * 0.01
            text += "  - {id: S\(index), place: P, role: T1, unit: \"%CH4\", interval: 10s, "
            text += "limits: {alarm: \(alarm), cut: \(alarm + 1), repower: \(alarm)}}\n"
        }
        let trace = try Trace(
            (0..<4000).flatMap { step in
                (0..<20).map { sensor in
                    let isHigh = (step / 40 + sensor) % 3 == 0
                    return "\(Self.start + step * 10),S\(sensor),\(isHigh ? 1.2 : 0.4)"
                }
            })
        let drawn = try picture(of: trace, try SiteFile.read(text, name: "site.yaml"))
        let words = drawn.filter { $0.contains(">alarm 0.") }
        #expect(1...3 ~= words.count)
        let dots = drawn.filter { $0.hasPrefix("<circle") }
        #expect(100...400 ~= dots.count)
        let last = dots.compactMap { dot in
            dot.split(separator: "\"").dropFirst().first.flatMap { Double($0) }
        }.max()
        #expect(last.map { $0 > 1000 } == true)
    }

    @Test("a sweep reads its range, and says what is wrong with another")
    func sweep() throws {
        let sweep = try Sweep("trend.false-per-day=1..5/3")
        #expect(sweep.values == [1, 3, 5])
        #expect(try Sweep("trend.false-per-day=2..2/1").values == [2])
        #expect(try Sweep("trend.false-per-day=2..2").values == [2], "not nine times the same")
        for (text, part) in [
            ("trend.false-per-day", "is no sweep"), ("x=1..2", "cannot be set; allowed is trend"),
            ("trend.false-per-day=5..1", "is no range"), ("trend.false-per-day=1..", "is no range"),
            ("trend.false-per-day=0..1", "is no range"),
            ("trend.false-per-day=1..2/0", "has no steps"),
            ("trend.false-per-day=1..2/1", "has one step for two ends"),
        ] {
            let flaw = #expect(throws: Sweep.Flaw.self) { try Sweep(text) }
            #expect(flaw?.description.contains(part) == true, "\(text): \(flaw as Any)")
        }
    }

    @Test("the JSON names its form, and has a figure for every sensor")
    func json() throws {
        let trace = try Trace(rows([0.4, 1.2, 0.4]))
        let members = try members(try judge(try ownSite(), [trace.path]).result)
        #expect(members["format"] as? String == "firedamp-backtest/1")
        #expect((members["sensors"] as? [Any])?.count == 2)
        #expect((members["told"] as? [Any])?.count == 3)
        #expect((members["rules"] as? [String: Any])?.keys.contains("cut") == true)
    }

    private func members(_ result: BacktestResult) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(result.json.rendered.utf8))
        return try #require(value as? [String: Any])
    }
}

/// Whether a text is XML in which every element that begins also ends, in its place.
private struct XMLCheck {
    private(set) var isWellFormed = true

    init(_ text: String) {
        var open: [Substring] = []
        for part in text.split(separator: "<", omittingEmptySubsequences: true) {
            guard let end = part.lastIndex(of: ">") else {
                isWellFormed = false
                return
            }
            let tag = part[..<end]
            if tag.first == "?" { continue }
            let name = tag.drop { $0 == "/" }.prefix { $0.isLetter }
            let quotes = tag.count { $0 == "\"" }
            if quotes % 2 != 0 || name.isEmpty { isWellFormed = false }
            if tag.first == "/" {
                if open.popLast() != name { isWellFormed = false }
            } else if tag.last != "/" {
                open.append(name)
            }
        }
        if !open.isEmpty { isWellFormed = false }
    }
}
