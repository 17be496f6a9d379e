import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

private let name = "journal/" + AdvisoryJournal.fileName

private func notice(_ why: String) -> Announcement {
    .notice(.notice, .loss, at: .at(0), site: Heading.site, why: why)
}

private func halt(_ second: Double) throws -> Announcement {
    var book = AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: 7)
    let finding = Finding(
        .cut, .began, of: .sensor(Heading.face), value: 1.6, eventTime: .at(second),
        arrivalTime: .at(second), position: 3)
    let announcement = book.take(finding)
    return try #require(announcement)
}

/// A directory with a journal of three lines: a notice, an open halt, a notice.
private func threeLines() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    var journal = try AdvisoryJournal.open(directory: directory.file("journal"), now: .at(0))
    _ = try journal.append([notice("one"), try halt(0)])
    _ = try journal.append([notice("three")])
    return directory
}

@Suite("AdvisoryJournal")
struct AdvisoryJournalTests {
    @Test(
        "what was appended is found again, numbered from one, each line with the hash of the last")
    func roundTrip() throws {
        let directory = try threeLines()
        let journal = try AdvisoryJournal.open(directory: directory.file("journal"), now: .at(9))
        #expect(journal.found.map(\.record.number) == [1, 2, 3])
        #expect(journal.found[1].record.entry == (try halt(0)))
        #expect(journal.found[0].record.previous == sha256([]))
        #expect(journal.found[2].record.previous == journal.found[1].hash)
        #expect(journal.repairs.isEmpty)
        #expect(journal.lastNumber == 3)
    }

    @Test("one JSON object a line, with known keys")
    func shape() throws {
        let directory = try threeLines()
        let lines = String(decoding: try directory.bytes(name), as: UTF8.self).split(
            separator: "\n")
        #expect(lines.count == 3)
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let keys = try #require(object as? [String: Any]).keys.sorted()
            #expect(keys == ["entry", "n", "prev"])
        }
    }

    @Test("the hash is SHA-256")
    func hash() {
        #expect(
            sha256(Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("a line cut off anywhere is moved aside, all before it stays, and the chain goes on")
    func tornTail() throws {
        let whole = try threeLines().bytes(name)
        let second = try #require(whole.firstIndex(of: UInt8(ascii: "\n"))) + 1
        for length in [second + 1, second + 40, whole.count - 1] {
            let directory = try threeLines()
            try directory.write(Array(whole[..<length]), to: name)
            var journal = try AdvisoryJournal.open(
                directory: directory.file("journal"), now: .at(9))
            let kept = length == whole.count - 1 ? 2 : 1
            #expect(journal.found.count == kept)
            #expect(journal.repairs.count == 1)
            #expect(journal.repairs.first?.contains("advisories.jsonl:\(kept + 1)") == true)
            _ = try journal.append([notice("after")])
            let again = try readJournal(path: directory.file(name))
            #expect(again.damage == nil)
            #expect(again.lines.count == kept + 1)
        }
    }

    @Test("each edited byte of a line in the middle is found, at its line")
    func edited() throws {
        let whole = try threeLines().bytes(name)
        let first = try #require(whole.firstIndex(of: UInt8(ascii: "\n")))
        let second = try #require(whole[(first + 1)...].firstIndex(of: UInt8(ascii: "\n")))
        let directory = try threeLines()
        for place in (first + 1)..<second {
            var bytes = whole
            bytes[place] = bytes[place] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
            guard bytes != whole else { continue }
            try directory.write(bytes, to: name)
            let contents = try readJournal(path: directory.file(name))
            // The edit shows in its own line, or in the line that carries its hash.
            let line = try #require(contents.damage).line
            #expect(line == 2 || line == 3)
        }
    }

    @Test("a line taken out, doubled or swapped breaks the chain where it happened")
    func rearranged() throws {
        let directory = try threeLines()
        let lines = String(decoding: try directory.bytes(name), as: UTF8.self)
            .split(separator: "\n").map { $0 + "\n" }
        for (order, line) in [([0, 2], 2), ([0, 1, 1, 2], 3), ([0, 2, 1], 2), ([1, 2], 1)] {
            try directory.write(Array(order.map { lines[$0] }.joined().utf8), to: name)
            let damage = try #require(try readJournal(path: directory.file(name)).damage)
            #expect(damage.line == line)
            #expect(damage.kind == .brokenChain)
        }
    }

    @Test("a damaged journal is kept whole; the new one starts from its hash with what stands open")
    func replaced() throws {
        let directory = try threeLines()
        var bytes = try directory.bytes(name)
        bytes[5] = UInt8(ascii: "x")
        try directory.write(bytes, to: name)
        let journal = try AdvisoryJournal.open(directory: directory.file("journal"), now: .at(9))
        #expect(journal.repairs.first?.contains("advisories.jsonl:1 (byte 0)") == true)
        #expect(journal.found.map(\.record.entry) == [try halt(0)])
        #expect(journal.found.first?.record.previous == sha256(bytes))
        let aside = try FileManager.default.contentsOfDirectory(atPath: directory.file("journal"))
            .filter { $0.contains("damaged") }
        #expect(aside.count == 1)
        #expect(try directory.bytes("journal/" + aside[0]) == bytes)
        let again = try AdvisoryJournal.open(directory: directory.file("journal"), now: .at(10))
        #expect(again.repairs.isEmpty)
        #expect(again.found.count == 1)
    }

    @Test("on a full disk the reserve is given up, and the group is written whole")
    func fullDisk() throws {
        // A file-size limit fails with EFBIG and not ENOSPC, so a real small disk is asked for.
        guard let disk = SmallDisk(bytes: 6 << 20) else {
            print("skipped: a tmpfs cannot be mounted here")
            return
        }
        var journal = try AdvisoryJournal.open(directory: disk.path + "/journal", now: .at(0))
        disk.fill()
        let long = String(repeating: "x", count: 4000)
        for _ in 0..<20 { _ = try journal.append([notice(long), notice(long)]) }
        let isOnReserve = journal.isOnReserve
        #expect(isOnReserve)
        let contents = try readJournal(path: disk.path + "/journal/" + AdvisoryJournal.fileName)
        #expect(contents.damage == nil)
        #expect(contents.lines.count == 40)
    }

    @Test("when even the reserve is used up the error says so, and no half group is left")
    func fullToTheBrim() throws {
        guard let disk = SmallDisk(bytes: 6 << 20) else {
            print("skipped: a tmpfs cannot be mounted here")
            return
        }
        var journal = try AdvisoryJournal.open(directory: disk.path + "/journal", now: .at(0))
        disk.fill()
        let long = String(repeating: "x", count: 100_000)
        var written = 0
        do {
            while written < 1000 {
                _ = try journal.append([notice(long), notice(long)])
                written += 2
            }
        } catch let error as FileError {
            #expect(error.isFull)
        }
        #expect(written < 1000)
        let contents = try readJournal(path: disk.path + "/journal/" + AdvisoryJournal.fileName)
        #expect(contents.damage == nil)
        #expect(contents.lines.count == written)
        disk.free()
        _ = try journal.append([notice("again")])
        #expect(
            try readJournal(path: disk.path + "/journal/" + AdvisoryJournal.fileName).lines.count
                == written + 1)
    }
}

@Suite("MarkFile")
struct MarkFileTests {
    @Test("says what was written last, whatever stood there before")
    func overwrite() throws {
        let directory = try TemporaryDirectory()
        do {
            let mark = MarkFile(path: directory.file("mark"))
            #expect(mark.found == "")
            mark.write("a long line of text")
            mark.write("short")
        }
        #expect(MarkFile(path: directory.file("mark")).found == "short")
    }
}
