import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

private let name = "journal/" + AdvisoryJournal.fileName

@Suite("AdvisoryJournal")
struct AdvisoryJournalTests {
    @Test(
        "what was appended is found again, numbered from one, each line with the hash of the last")
    func roundTrip() throws {
        let directory = try threeLines()
        var found: [JournalLine] = []
        let journal = try opened(directory) { found.append($0) }
        #expect(found.map(\.record.number) == [1, 2, 3])
        #expect(try found[1].record.entry == halt(0))
        #expect(found[0].record.previous == sha256([]))
        #expect(found[2].record.previous == found[1].hash)
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
            // It lags behind after a power cut, and is not the matter here.
            try FileManager.default.removeItem(atPath: directory.file("journal/head"))
            var found: [JournalLine] = []
            var journal = try opened(directory) { found.append($0) }
            let kept = length == whole.count - 1 ? 2 : 1
            #expect(found.count == kept)
            #expect(journal.repairs.count == 1)
            #expect(journal.firstRepair?.contains("advisories.jsonl:\(kept + 1)") == true)
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
        let cases: [([Int], Int, JournalDamage.Kind)] = [
            ([0, 2], 2, .missing(from: 2, through: 2)),
            ([0, 1, 1, 2], 3, .outOfOrder(found: 2, expected: 3)),
            ([0, 2, 1], 2, .missing(from: 2, through: 2)),
            ([1, 2], 1, .missing(from: 1, through: 1)),
        ]
        for (order, line, kind) in cases {
            try directory.write(Array(order.map { lines[$0] }.joined().utf8), to: name)
            let damage = try #require(try readJournal(path: directory.file(name)).damage)
            #expect(damage.line == line)
            #expect(damage.kind == kind)
        }
    }

    @Test("a damaged segment is kept whole; the new one starts from its hash with what stands open")
    func replaced() throws {
        let directory = try threeLines()
        var bytes = try directory.bytes(name)
        bytes[5] = UInt8(ascii: "x")
        try directory.write(bytes, to: name)
        var found: [JournalLine] = []
        var journal = try opened(directory) { found.append($0) }
        #expect(journal.firstRepair?.contains("advisories.jsonl:1 (byte 0)") == true)
        let needsBeginning = journal.needsBeginning
        #expect(needsBeginning)
        try journal.begin(opening(found))
        let aside = try FileManager.default.contentsOfDirectory(atPath: directory.file("journal"))
            .filter { $0.contains("damaged") }
        #expect(aside.count == 1)
        #expect(try directory.bytes("journal/" + aside[0]) == bytes)
        var carried: [JournalLine] = []
        let again = try opened(directory) { carried.append($0) }
        #expect(again.repairs.isEmpty)
        #expect(carried.first?.record.previous == sha256(bytes))
        #expect(carried.map(\.record.number) == [4, 5], "numbers go on behind the broken file's")
        #expect(try carried.last?.asTold.record.entry == halt(0))
        #expect(carried.last?.asTold.record.number == 2)
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
