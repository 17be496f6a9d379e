import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// What stands in for a journal that cannot be written.
@Suite("JournalStandIn")
struct StandInTests {
    private let directory: TemporaryDirectory
    private var paths: [String] { [directory.file("stand-in")] }

    init() throws { directory = try threeLines() }

    /// Puts what `texts` say behind the journal, in groups as they are given.
    private func keep(_ groups: [[String]], signer: JournalSigner? = nil) throws {
        var standIn = JournalStandIn(paths: paths)
        let journal = try opened(directory, signer: signer)
        standIn.read(behind: journal)
        for texts in groups {
            let lines = try journal.layOut(texts.map { notice($0) }, behind: standIn.last)
            try standIn.append(lines)
        }
    }

    /// What a start finds.
    private func found(signer: JournalSigner? = nil) throws -> (lines: [JournalLine], flaw: String?)
    {
        var standIn = JournalStandIn(paths: paths)
        standIn.read(behind: try opened(directory, signer: signer))
        return (standIn.found, standIn.flaw.flatMap { [$0].said(in: .english) })
    }

    private func texts(_ lines: [JournalLine]) -> [String] { lines.map(\.record.entry.why) }

    @Test("what was kept is found again, to the byte as the journal then writes it")
    func roundTrip() throws {
        try keep([["four"], ["five", "six"]])
        try keep([["seven"]])
        let kept = try found()
        #expect(kept.flaw == nil)
        #expect(texts(kept.lines) == ["four", "five", "six", "seven"])
        #expect(kept.lines.map(\.record.number) == [4, 5, 6, 7])
        var journal = try opened(directory)
        let written = try journal.append(kept.lines.map(\.record.entry))
        #expect(written == kept.lines)
        #expect(try directory.verified().isWhole)
        // The daemon was killed before it cleared it: the journal has them all.
        #expect(try found().lines.isEmpty)
    }

    @Test("signed as the journal is, and named by the first line what signs")
    func signed() throws {
        let signer = JournalSigner()
        try keep([["four"], ["five"]], signer: signer)
        let kept = try found(signer: signer)
        #expect(kept.flaw == nil && kept.lines.count == 2)
        #expect(kept.lines[0].record.key == signer.key.text && kept.lines[1].record.key == nil)
    }

    @Test("cut off anywhere: all whole lines before are found, and what follows goes behind them")
    func torn() throws {
        try keep([["four", "five"]])
        let bytes = try directory.bytes("stand-in").prefix { $0 != 0 }
        let end = bytes.count
        let second = try #require(bytes.firstIndex(of: UInt8(ascii: "\n"))) + 1
        for length in [0, 1, second - 1, second, second + 1, end - 1, end] {
            try directory.write(Array(bytes[..<length]), to: "stand-in")
            let whole = length < second ? 0 : length < end ? 1 : 2
            #expect(try texts(found().lines) == Array(["four", "five"].prefix(whole)))
            try keep([["next"]])
            let kept = try found()
            #expect(texts(kept.lines) == ["four", "five"].prefix(whole) + ["next"])
            #expect(kept.flaw == nil)
        }
    }

    @Test("of what the journal has taken a part, the rest is found")
    func partly() throws {
        try keep([["four", "five", "six"]])
        var journal = try opened(directory)
        _ = try journal.append([notice("four")])
        let kept = try found()
        #expect(texts(kept.lines) == ["five", "six"] && kept.flaw == nil)
    }

    @Test("a short line in the place of long ones: no rest of them is found")
    func cleared() throws {
        try keep([["long", String(repeating: "x", count: 5000), "last"]])
        var standIn = JournalStandIn(paths: paths)
        var journal = try opened(directory)
        standIn.read(behind: journal)
        _ = try journal.append(standIn.found.map(\.record.entry))
        standIn.clear()
        #expect(standIn.last == nil && standIn.found.isEmpty)
        try standIn.append(try journal.layOut([notice("s")], behind: nil))
        #expect(try texts(found().lines) == ["s"])
    }

    @Test("a line that was edited is named, and nothing is left out")
    func edited() throws {
        try keep([["four", "five", "six"]])
        let text = String(decoding: try directory.bytes("stand-in"), as: UTF8.self)
        try directory.write(
            Array(text.replacingOccurrences(of: "five", with: "FIVE").utf8), to: "stand-in")
        let kept = try found()
        #expect(texts(kept.lines) == ["four", "FIVE", "six"])
        // What shows it is the line behind, which carries another hash.
        #expect(kept.flaw?.contains("stand-in, line 6") == true, "\(kept.flaw ?? "none")")
    }

    @Test("a line that is none is named, and those behind it are found")
    func overwritten() throws {
        try keep([["four", "five", "six"]])
        var bytes = try directory.bytes("stand-in").prefix { $0 != 0 }
        let second = try #require(bytes.firstIndex(of: UInt8(ascii: "\n"))) + 1
        for index in second..<second + 20 { bytes[index] = UInt8(ascii: "#") }
        try directory.write(Array(bytes), to: "stand-in")
        let kept = try found()
        #expect(texts(kept.lines) == ["four", "six"])
        #expect(kept.flaw?.contains("stand-in, line 5") == true, "\(kept.flaw ?? "none")")
        try keep([["seven"]])
        #expect(try texts(found().lines) == ["four", "six", "seven"])
    }

    @Test("fuller than full: refused, and what stood in it stays")
    func full() throws {
        try keep([["four"]])
        #expect(throws: FileError.self) {
            try keep([[String(repeating: "x", count: JournalStandIn.bytesMax)]])
        }
        try keep([["five"]])
        #expect(try texts(found().lines) == ["four", "five"])
    }

    @Test("no room on its disk: that is said, and it is taken once there is some")
    func noRoom() throws {
        guard let disk = SmallDisk(bytes: JournalStandIn.bytesMax + (4 << 20)) else {
            return print("skipped: a tmpfs cannot be mounted here")
        }
        disk.fill()
        var standIn = JournalStandIn(paths: [disk.path + "/stand-in"])
        let lines = try opened(directory).layOut([notice("four")], behind: nil)
        #expect(standIn.fault != nil)
        #expect(throws: FileError.self) { try standIn.append(lines) }
        disk.free()
        standIn.keepRoom()
        #expect(standIn.fault == nil)
        try standIn.append(lines)
    }

    @Test("a file that takes no more: the next one takes over, and all is found in order")
    func takenOver() throws {
        let paths = [directory.file("stand-in"), directory.file("other")]
        let journal = try opened(directory)
        var standIn = JournalStandIn(paths: paths)
        func append(_ text: String) throws {
            try standIn.append(try journal.layOut([notice(text)], behind: standIn.last))
        }
        try append("four")
        try append(String(repeating: "x", count: JournalStandIn.bytesMax - 4096))
        try append(String(repeating: "y", count: 8192))
        // The first would have room for it, which would turn the order round.
        try append("seven")
        var other = JournalStandIn(paths: paths)
        other.read(behind: journal)
        #expect(other.found.map(\.record.number) == [4, 5, 6, 7] && other.flaw == nil)
        try other.append(try journal.layOut([notice("eight")], behind: other.last))
        var third = JournalStandIn(paths: paths)
        third.read(behind: journal)
        #expect(third.found.map(\.record.number) == [4, 5, 6, 7, 8] && third.flaw == nil)
        third.clear()
        var fourth = JournalStandIn(paths: paths)
        fourth.read(behind: journal)
        #expect(fourth.found.isEmpty)
    }

    @Test("a first file that can only be read: what is in it is found, and the next goes on")
    func readOnly() throws {
        let disk = directory.file("disk")
        try FileManager.default.createDirectory(
            atPath: disk, withIntermediateDirectories: false)
        let paths = [disk + "/stand-in", directory.file("other")]
        let journal = try opened(directory)
        func append(_ text: String) throws -> (fault: FileError?, keepsAnything: Bool) {
            var standIn = JournalStandIn(paths: paths)
            standIn.read(behind: journal)
            try standIn.append(try journal.layOut([notice(text)], behind: standIn.last))
            return (standIn.fault, standIn.keepsAnything)
        }
        let first = try append("four")
        #expect(first.fault == nil)
        guard LoopDisk.cover(disk) else {
            return print("skipped: nothing can be mounted read-only here")
        }
        defer { LoopDisk.uncover(disk) }
        let second = try append("five")
        #expect(second.fault != nil && second.keepsAnything)
        var standIn = JournalStandIn(paths: paths)
        standIn.read(behind: journal)
        #expect(texts(standIn.found) == ["four", "five"] && standIn.flaw == nil)
        let keepsAnything = JournalStandIn(paths: [paths[0]]).keepsAnything
        #expect(!keepsAnything)
    }

    @Test("what is kept for a journal that cannot be read is found, and by who can read it too")
    func unread() throws {
        errno = EIO
        let fault = FileError("open", "advisories.jsonl")
        var journal = AdvisoryJournal.unread(
            directory: directory.file("journal"), because: fault)
        #expect(throws: fault) { _ = try journal.append([notice("four")]) }
        #expect(throws: fault) { try journal.probe() }
        for text in ["four", "five"] {
            var standIn = JournalStandIn(paths: paths)
            standIn.read(behind: journal)
            try standIn.append(try journal.layOut([notice(text)], behind: standIn.last))
        }
        var standIn = JournalStandIn(paths: paths)
        standIn.read(behind: journal)
        #expect(texts(standIn.found) == ["four", "five"] && standIn.flaw == nil)
        let kept = try found()
        #expect(texts(kept.lines) == ["four", "five"])
        #expect(kept.flaw != nil, "they do not follow upon its lines, which is said")
        #expect(try directory.verified().lines == 3, "it was not touched")
    }

    @Test("what both files have, since the first failed in the midst of it, is found once")
    func inBoth() throws {
        let paths = [directory.file("stand-in"), directory.file("other")]
        let journal = try opened(directory)
        let four = try journal.layOut([notice("four")], behind: nil)
        let five = try journal.layOut([notice("five")], behind: four.last)
        for (path, lines) in zip(paths, [four, four + five]) {
            var file = JournalStandIn(paths: [path])
            try file.append(lines)
        }
        var standIn = JournalStandIn(paths: paths)
        standIn.read(behind: journal)
        #expect(texts(standIn.found) == ["four", "five"] && standIn.flaw == nil)
    }
}
