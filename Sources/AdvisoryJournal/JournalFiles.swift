internal import Foundation
internal import Glibc

/// What the files in a journal's directory are called, and which there are.
struct JournalFiles {
    /// A segment that no longer grows.
    struct Closed: Equatable {
        /// Its file name.
        var name: String
        /// Number of its first line, as the name says it.
        var first: UInt64
    }

    static let growing = AdvisoryJournal.fileName
    /// The segment that is about to begin.
    static let draft = growing + ".new"
    static let head = "head"
    static let anchor = "anchor"
    static let reserve = "reserve"
    private static let firstDigits = 12

    let directory: String
    /// The closed segments, in order.
    private(set) var closed: [Closed] = []
    /// Whether there is a growing one.
    private(set) var hasGrowing = false
    /// Journals that were broken, and were set aside whole; and torn ends of writes, which versions
    /// before 0.2 called by the same name.
    private(set) var setAside: [String] = []
    /// Torn ends of writes.
    private(set) var torn: [String] = []
    /// What is none of the journal's.
    private(set) var unknown: [String] = []

    init(directory: String) throws(FileError) {
        self.directory = directory
        guard let stream = unsafe opendir(directory) else { throw FileError("open", directory) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        for name in names.sorted() { sort(name) }
        closed.sort { ($0.first, $0.name) < ($1.first, $1.name) }
    }

    private mutating func sort(_ name: String) {
        switch name {
        case Self.growing: hasGrowing = true
        case Self.draft, Self.head, Self.anchor, Self.reserve: break
        default:
            if let first = Self.first(in: name) {
                closed.append(Closed(name: name, first: first))
            } else if name.hasPrefix(Self.growing + ".damaged-") {
                setAside.append(name)
            } else if name.hasPrefix(Self.growing + ".torn-") {
                torn.append(name)
            } else {
                unknown.append(name)
            }
        }
    }

    /// The name of a closed segment that begins with line `first`.
    static func closedName(first: UInt64) -> String {
        let digits = String(first)
        let zeros = String(repeating: "0", count: max(0, firstDigits - digits.count))
        return "advisories-\(zeros)\(digits).jsonl"
    }

    private static func first(in name: String) -> UInt64? {
        guard name.hasPrefix("advisories-"), name.hasSuffix(".jsonl"),
            let first = UInt64(name.dropFirst("advisories-".count).dropLast(".jsonl".count)),
            closedName(first: first) == name
        else { return nil }
        return first
    }

    /// The path of `name`.
    func path(_ name: String) -> String { directory + "/" + name }

    /// The path of the growing segment.
    var growingPath: String { path(Self.growing) }

    /// What the first line of a journal carries that began after another was set aside by a version
    /// before 0.2; of one that began from nothing the hash of nothing.
    func anchor() throws(FileError) -> String {
        let path = path(Self.anchor)
        guard unsafe access(path, F_OK) == 0 else { return sha256([]) }
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        } catch {
            throw FileError("read", path)
        }
    }

    /// Forgets the newest closed segment: its name was only about to be given.
    mutating func dropNewestClosed() { closed.removeLast() }

    /// Forgets the closed segment that is the same file as `grown`, and all behind it: they were
    /// closed after `grown` was opened as the one that grows.
    mutating func dropClosed(from grown: FileIdentity?) {
        let index = closed.firstIndex { FileIdentity(path: path($0.name)) == grown }
        if let index { closed.removeSubrange(index...) }
    }
}

/// SHA-256 of a whole file, in hexadecimal, and how many lines it has.
func fileHash(_ path: String) throws(FileError) -> (hash: String, lines: Int) {
    var reader = try LineReader(path: path)
    var sum = RunningHash()
    var lines = 0
    while let line = try reader.next() {
        sum.add(line.bytes)
        if line.isEnded { sum.add([UInt8(ascii: "\n")]) }
        lines += 1
    }
    return (sum.hash, lines)
}
