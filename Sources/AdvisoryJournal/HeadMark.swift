internal import Foundation

/// The mark beside a journal that says how far it goes, so that an end that was cut off is found.
///
/// Written after each group and never synced: it may lag behind after a power cut, and is never
/// ahead, because what it names was on the disk before. **Thread:** its owner's.
struct HeadMark: ~Copyable {
    private static let bytesMax = 256

    /// What a mark says.
    struct Word: Equatable, Sendable {
        /// Number of the newest line.
        var number: UInt64
        /// Its hash.
        var hash: String
        /// The signature of both, where the journal is signed.
        var signature: String?

        /// Reads a mark's text; `nil` when it is none.
        init?(text: String) {
            let parts = text.split(separator: " ")
            guard (2...3).contains(parts.count), let number = UInt64(parts[0]),
                parts[1].utf8.count == 64, parts[1].allSatisfy(\.isHexDigit)
            else { return nil }
            self.number = number
            hash = String(parts[1])
            signature = parts.count == 3 ? String(parts[2]) : nil
        }

        init(number: UInt64, hash: String, signer: JournalSigner?) {
            (self.number, self.hash) = (number, hash)
            signature = try? signer?.sign(signedBytes)
        }

        /// What is signed: not the line, so that nobody can make a mark from a line.
        var signedBytes: [UInt8] { Array("firedamp-head/1 \(number) \(hash)".utf8) }

        /// The mark's text.
        var text: String { "\(number) \(hash)" + (signature.map { " \($0)" } ?? "") }
    }

    private let mark: MarkFile
    /// What it said when it was opened.
    let found: Word?

    init(path: String) {
        mark = MarkFile(path: path, lineBytes: Self.bytesMax)
        found = Word(text: mark.found)
    }

    /// The text at `path`, without touching the file; `nil` when there is none.
    static func read(path: String) -> String? {
        (try? String(contentsOfFile: path, encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func write(_ word: Word) { mark.write(word.text) }
}
