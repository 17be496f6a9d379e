import AdvisoryJournal
import Foundation
import Support
import Testing

@Suite("A flipped byte")
struct JournalFuzzTests {
    @Test(
        "anywhere in a signed journal is found in its own line",
        arguments: [1, 2, 3, 4] as [UInt64])
    func signed(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let directory = try segments(3, signer: JournalSigner())
        let files = try directory.journalFiles()
        for _ in 0..<80 {
            let file = files[Int(random.next() % UInt64(files.count))]
            let whole = try directory.bytes(file)
            let place = Int(random.next() % UInt64(whole.count))
            var bytes = whole
            bytes[place] ^= UInt8(1 + random.next() % 255)
            try directory.overwrite(bytes, file)
            let start = (whole[..<place].lastIndex(of: 10) ?? -1) + 1
            let end = whole[place...].firstIndex(of: 10) ?? whole.count
            let damage = try #require(
                try directory.verified().damages.first, "seed \(seed), \(file), byte \(place)")
            #expect(
                damage.path == directory.file(file) && start...end ~= damage.offset,
                "seed \(seed), \(file), byte \(place): \(damage)")
            try directory.overwrite(whole, file)
        }
        #expect(try directory.verified().isWhole)
    }

    @Test("anywhere in an unsigned journal is found, at its line or the next")
    func unsigned() throws {
        var random = SeededGenerator(seed: 7)
        let directory = try segments(1)
        let file = "journal/advisories.jsonl"
        let whole = try directory.bytes(file)
        for _ in 0..<200 {
            let place = Int(random.next() % UInt64(whole.count))
            var bytes = whole
            bytes[place] ^= UInt8(1 + random.next() % 255)
            try directory.overwrite(bytes, file)
            let line = whole[..<place].count { $0 == 10 } + 1
            let damage = try #require(try directory.verified().damages.first, "byte \(place)")
            #expect(line...(line + 1) ~= damage.line, "byte \(place): \(damage)")
        }
    }
}
