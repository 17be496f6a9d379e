import Foundation
import GasModel
import ReadingRing
import Testing

@Suite("What the ring's owner must not do")
struct RingMisuseTests {
    enum Misuse: String, CaseIterable, Codable, Sendable {
        case appendToFullRing, appendBlank, secondWriter, secondReader, readerAfterWriter
        case unknownReader, commitUnread, commitBackwards, noReaders, nineReaders, equalNames
        case emptyName, longName, nonASCIIName
    }

    @Test("stops the process at once", arguments: Misuse.allCases)
    func traps(_ misuse: Misuse) async {
        await #expect(processExitsWith: .failure) { [misuse = misuse as Misuse] in
            try commit(misuse)
        }
    }

    @Test("and a name of 15 characters, or eight readers, are still allowed")
    func allowed() throws {
        _ = try RingStorage.anonymous(capacity: 2, readers: [String(repeating: "n", count: 15)])
        _ = try RingStorage.anonymous(capacity: 2, readers: (0..<8).map { "reader-\($0)" })
    }
}

private func commit(_ misuse: RingMisuseTests.Misuse) throws {
    let names: [String] =
        switch misuse {
        case .noReaders: []
        case .nineReaders: (0..<9).map { "\($0)" }
        case .equalNames: ["a", "a"]
        case .emptyName: [""]
        case .longName: [String(repeating: "n", count: 16)]
        case .nonASCIIName: ["é"]
        default: ["a"]
        }
    let storage = try RingStorage.anonymous(capacity: 2, readers: names)
    if misuse == .unknownReader { _ = storage.reader("b") }
    var reader = storage.reader("a")
    if misuse == .secondReader { _ = storage.reader("a") }
    var writer = storage.writer()
    if misuse == .secondWriter { _ = storage.writer() }
    if misuse == .readerAfterWriter { _ = storage.reader("a") }
    writer.write(2)
    switch misuse {
    case .appendToFullRing: writer.append(sample(2))
    case .appendBlank:
        reader.finish()
        var blank = sample(2)
        blank.kind = .blank
        _ = writer.freeSlots()
        writer.append(blank)
    case .commitUnread: reader.commit(upTo: 1)
    case .commitBackwards:
        reader.finish()
        reader.commit(upTo: 1)
    default: break
    }
}
