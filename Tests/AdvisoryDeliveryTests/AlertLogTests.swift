import AdvisoryDelivery
import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

private func halt(at second: Double = 0, delay: Double = 0) throws -> Announcement {
    var book = AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: 7)
    let finding = Finding(
        .cut, .began, of: .sensor(Heading.face), value: 1.523, eventTime: .at(second),
        arrivalTime: .at(second + delay), position: 3)
    let announcement = book.take(finding)
    return try #require(announcement)
}

private func line(_ number: UInt64?, _ why: String = "because") -> AlertLine {
    AlertLine(
        .notice(.notice, .loss, at: .at(0), site: Heading.site, why: why), number: number,
        offsetSeconds: 0)
}

@Suite("AlertLine")
struct AlertLineTests {
    @Test(
        "severity, transition, time, place, sensor, value, age, limit, number, why, what to do, id")
    func layout() throws {
        let line = AlertLine(try halt(delay: 0.9), number: 12, offsetSeconds: 3600)
        #expect(
            line.text == """
                HALT      RAISED   2026-11-23T19:00:00+01:00 demo/H101    H101-T1    \
                1.523%CH4  age=0s   >=1.50 #12    T1 of H101 reached the cut limit \
                | do: stop work, cut power, withdraw people, report to the dispatcher \
                | id demo.H101-T1.cut.20261123T180000.000Z
                """)
    }

    @Test("the first nine fields have no blank in them, whatever is missing")
    func fields() throws {
        for announcement in [
            try halt(), .notice(.notice, .started, at: .at(0), site: Heading.site, why: "w"),
        ] {
            let line = AlertLine(announcement, number: nil, offsetSeconds: 0)
            let fields = line.text.split(separator: " ")
            #expect(fields.count > 9)
            #expect(fields[6].hasPrefix("age="))
            #expect(fields[8] == "-")
        }
    }

    @Test("what came over the wire can neither end the line nor move the cursor")
    func control() {
        let text = line(1, "a\nHALT RAISED\r\u{1b}[2J\tb").text
        #expect(!text.contains { $0.isNewline })
        #expect(!text.unicodeScalars.contains { $0.value < 32 })
    }

    @Test(
        "an age is told in the whole seconds that had passed when it was decided",
        arguments: [
            (0.04, "0s"), (0.999, "0s"), (1, "1s"), (99.94, "99s"), (90_000, "90000s"),
        ])
    func age(_ seconds: Double, _ text: String) throws {
        let line = AlertLine(try halt(delay: seconds), number: 1, offsetSeconds: 0)
        #expect(line.text.contains(" age=\(text) "))
    }

    @Test("a line that is told long after its decision says so, and nothing else in it changes")
    func toldLater() throws {
        let prompt = AlertLine(try halt(), number: 1, offsetSeconds: 0).text
        let soon = AlertLine(try halt(), number: 1, toldAt: .at(5), offsetSeconds: 0).text
        #expect(soon == prompt)
        let late = AlertLine(try halt(), number: 1, toldAt: .at(5.1), offsetSeconds: 0).text
        #expect(late.contains(" | told 5s later | id "))
        #expect(late.replacingOccurrences(of: " | told 5s later", with: "") == prompt)
    }

    @Test("a Chinese line has the same columns before its sentence as an English one")
    func chinese() throws {
        let english = try halt()
        var chinese = english
        (chinese.why, chinese.action) = english.texts(in: .chinese)
        let lines = [english, chinese].map { AlertLine($0, number: 12, offsetSeconds: 0).text }
        let starts = zip(lines, [english.why, chinese.why]).map { line, why in
            line.firstRange(of: why).map { columns(of: String(line[..<$0.lowerBound])) }
        }
        #expect(starts[0] != nil && starts[0] == starts[1])
        #expect(lines[1].contains(" H101的T1达到断电值 | do: 停止作业，切断电源，"))
        #expect(AlertFields(line: lines[1]) == AlertFields(line: lines[0]))
    }

    @Test("a reader may have a line in their own language; all but the sentence stays")
    func inOtherLanguage() throws {
        let entry = try halt()
        let line = AlertLine(entry, number: 12, toldAt: .at(9), offsetSeconds: 0).text
        let told = AlertLine.told(line, of: entry, in: .chinese)
        #expect(told.contains("H101的T1达到断电值 | do: 停止作业"))
        #expect(told.hasSuffix("| told 9s later | id demo.H101-T1.cut.20261123T180000.000Z"))
        #expect(AlertLine.told(line, of: entry, in: .english) == line)
        var other = entry
        other.why = "something else"
        #expect(AlertLine.told(line, of: other, in: .chinese) == line)
        #expect(AlertLine.told("cut o", of: entry, in: .chinese) == "cut o")
    }

    @Test("a reader finds severity, transition, mine and number again")
    func reading() throws {
        let line = AlertLine(try halt(), number: 12, offsetSeconds: 0)
        let fields = try #require(AlertFields(line: line.text))
        #expect(fields.severity == .halt)
        #expect(fields.transition == "RAISED")
        #expect(fields.mine == "demo")
        #expect(fields.number == 12)
        #expect(AlertFields(line: "HALT RAI") == nil)
        #expect(AlertFields(line: "") == nil)
    }
}

@Suite("AlertLog")
struct AlertLogTests {
    @Test("knows after a restart which journal lines it tells, and ends a torn line")
    func restart() throws {
        let directory = try TemporaryDirectory()
        do {
            var log = AlertLog(path: directory.file("alerts.log"))
            let empty = log.told
            #expect(empty == nil)
            for number in 1...3 as ClosedRange<UInt64> { log.write(line(number)) }
            log.write(line(nil))
        }
        let whole = try directory.bytes("alerts.log")
        try directory.write(whole + Array("HALT      RAISED   2026 #9".utf8), to: "alerts.log")
        var log = AlertLog(path: directory.file("alerts.log"))
        let told = log.told
        #expect(told == ToldNumbers(through: 3))
        log.write(line(4))
        let lines = String(decoding: try directory.bytes("alerts.log"), as: UTF8.self)
            .split(separator: "\n")
        #expect(lines.count == 6)
        #expect(lines.last?.contains("#4") == true)
    }

    @Test("rotation keeps every line in order, and the newest number over it")
    func rotation() throws {
        let directory = try TemporaryDirectory()
        do {
            var log = AlertLog(path: directory.file("alerts.log"), fileBytesMax: 1000)
            for number in 1...30 as ClosedRange<UInt64> { log.write(line(number)) }
        }
        var numbers: [UInt64] = []
        for name in (1...AlertLog.filesKept).reversed().map({ "alerts.log.\($0)" }) + ["alerts.log"]
        {
            guard let bytes = try? directory.bytes(name) else { continue }
            #expect(bytes.count <= 1000)
            numbers += String(decoding: bytes, as: UTF8.self).split(separator: "\n")
                .compactMap { AlertFields(line: $0)?.number }
        }
        #expect(numbers == Array(1...30))
        try directory.write([], to: "alerts.log")
        let after = AlertLog(path: directory.file("alerts.log")).told
        let last = String(decoding: try directory.bytes("alerts.log.1"), as: UTF8.self)
            .split(separator: "\n").last.flatMap { AlertFields(line: $0)?.number }
        #expect(after == ToldNumbers(through: try #require(last)))
    }

    @Test("a follower sees every line exactly once through rotations, truncation and a late start")
    func follower() throws {
        let directory = try TemporaryDirectory()
        var follower = LogFollower(path: directory.file("alerts.log"))
        let none = follower.poll()
        #expect(none == [])
        var log = AlertLog(path: directory.file("alerts.log"), fileBytesMax: 1000)
        var seen: [UInt64] = []
        for number in 1...40 as ClosedRange<UInt64> {
            log.write(line(number))
            if number % 3 == 0 {
                seen += follower.poll().compactMap { AlertFields(line: $0)?.number }
            }
        }
        seen += follower.poll().compactMap { AlertFields(line: $0)?.number }
        #expect(seen == Array(1...40))
    }

    @Test("a follower waits for the end of a line")
    func halfLine() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Array("one\ntw".utf8), to: "log")
        var follower = LogFollower(path: directory.file("log"))
        let first = follower.poll()
        #expect(first == ["one"])
        try directory.write(Array("x".utf8), to: "log")
        let cut = follower.poll()
        #expect(cut == [])
        try directory.write(Array("x\n".utf8), to: "log")
        let second = follower.poll()
        #expect(second == ["x"])
    }

    @Test("one that cannot be opened holds lines back; they follow when it can, behind a torn one")
    func unopened() throws {
        let directory = try TemporaryDirectory()
        var log = AlertLog(path: directory.file("none/alerts.log"))
        #expect(log.fault?.code == ENOENT)
        log.write(line(1))
        #expect(log.heldCount == 1)
        try FileManager.default.createDirectory(
            atPath: directory.file("none"), withIntermediateDirectories: false)
        try directory.write(Array("torn".utf8), to: "none/alerts.log")
        log.flush()
        #expect(log.fault == nil && log.heldCount == 0)
        let text = String(decoding: try directory.bytes("none/alerts.log"), as: UTF8.self)
        #expect(text == "torn\n" + line(1).text + "\n")
    }

    @Test("while the disk is full lines are held back, and all of them follow in order")
    func fullDisk() throws {
        guard let disk = SmallDisk(bytes: 1 << 20) else {
            print("skipped: a tmpfs cannot be mounted here")
            return
        }
        var log = AlertLog(path: disk.path + "/alerts.log")
        log.write(line(1))
        disk.fill()
        for number in 2...200 as ClosedRange<UInt64> { log.write(line(number)) }
        let fault = log.fault
        #expect(fault?.isFull == true)
        disk.free()
        log.flush()
        let text = try String(contentsOfFile: disk.path + "/alerts.log", encoding: .utf8)
        let numbers = text.split(separator: "\n").compactMap { AlertFields(line: $0)?.number }
        #expect(numbers == Array(1...200))
    }
}

@Suite("ToldNumbers")
struct ToldNumbersTests {
    private func line(_ numbers: String, _ transition: String = "RAISED") -> Substring {
        "ALARM \(transition) 2026-11-23T18:00:00Z demo/H101 s - age=- - \(numbers) why"
    }

    @Test("lines in order are told up to the last; what lies before the first was rotated away")
    func inOrder() {
        let told = ToldNumbers(lines: [line("#7"), line("-"), line("#8"), line("#9")])
        #expect(told == ToldNumbers(through: 9))
        #expect(ToldNumbers(lines: [line("-"), "torn"]) == nil)
    }

    @Test("what was held back when the daemon was killed is not told, what passed it is")
    func held() throws {
        let told = try #require(
            ToldNumbers(lines: [line("#7"), line("#8"), line("#11"), line("#13")]))
        #expect(
            (1...14).map { told.contains($0) } == (1...14).map { $0 <= 8 || [11, 13].contains($0) })
    }

    @Test("with a group all up to its end is told")
    func group() throws {
        let told = try #require(
            ToldNumbers(lines: [
                line("#7"), line("#11"), line("#8-12", "GROUPED"), line("#15"),
            ]))
        #expect(told.through == 12 && told.beyond == [15])
        let one = ToldNumbers(lines: [line("#11"), line("#10", "GROUPED")])
        #expect(one == ToldNumbers(through: 11), "a group of one is a group")
    }
}
