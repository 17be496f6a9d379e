internal import GasModel
internal import HaltAdvisory

/// What a look at an export found.
package struct ExportReport: Sendable {
    /// The first thing that does not fit, if anything does not.
    package internal(set) var damage: JournalDamage?
    /// Code of the mine, as the export says it.
    package internal(set) var mine = ""
    /// The beginning of the span, as the export says it, RFC 3339.
    package internal(set) var from = ""
    /// The end of the span, as the export says it, RFC 3339.
    package internal(set) var to = ""
    /// Number of the first line of the span.
    package internal(set) var firstNumber: UInt64 = 0
    /// Number of the last line of the span.
    package internal(set) var lastNumber: UInt64 = 0
    /// Number of the line that the export is chained up to.
    package internal(set) var headNumber: UInt64 = 0
    /// Hash of that line.
    package internal(set) var headHash = ""
    /// Number of the first line that is signed.
    package internal(set) var signedFrom: UInt64?
    /// The keys that sign.
    package internal(set) var keys: [JournalKey] = []
    /// What is worth knowing and no damage.
    package internal(set) var remarks: [String] = []

    /// Whether everything fits.
    package var isWhole: Bool { damage == nil }
}

/// Checks the export at `path`, which needs nothing but itself.
///
/// - Parameters:
///   - trusted: the only keys that may sign; empty: any.
///   - head: a hash that the journal's head was published with: it must be the hash of a line of
///     the export, and what stands up to that line is proven to have been in that journal then.
///
/// **Errors:** `FileError` where it cannot be read.
package func verifyExport(
    path: String, trusted: [JournalKey] = [], head: String? = nil
) throws(FileError) -> ExportReport {
    var check = try ExportCheck(path: path, trusted: trusted, head: head)
    return try check.run()
}

private struct ExportCheck: ~Copyable {
    private let path: String
    private let asked: String?
    private let trusted: [JournalKey]
    private var reader: LineReader
    private var sum = RunningHash()
    private var report = ExportReport()
    private var at = (line: 0, offset: 0)
    private var fields: [String: String] = [:]
    private var chain: ChainWalk
    /// Number of the line that has the hash that was asked for.
    private var provenThrough: UInt64?
    private static let keys = [
        "mine", "from", "to", "made", "lines", "before", "head", "key", "head-key",
    ]

    init(path: String, trusted: [JournalKey], head: String?) throws(FileError) {
        self.path = path
        (self.trusted, asked) = (trusted, head?.lowercased())
        reader = try LineReader(path: path)
        chain = ChainWalk(from: nil, trusted: trusted)
    }

    mutating func run() throws(FileError) -> ExportReport {
        do {
            try readHeader()
            try readSpan()
            try readProof()
            try readEnd()
            try compare()
        } catch let damage as JournalDamage {
            report.damage = damage
        } catch let error as FileError {
            throw error
        } catch {
            report.damage = damage(.export(reason: "\(error)"))
        }
        (report.signedFrom, report.keys) = (chain.signedFrom, chain.keys)
        return report
    }

    private func damage(_ kind: JournalDamage.Kind) -> JournalDamage {
        JournalDamage(path: path, line: at.line, offset: at.offset, kind: kind)
    }

    private func fault(_ reason: String) -> JournalDamage { damage(.export(reason: reason)) }

    private mutating func line() throws -> [UInt8] {
        guard let line = try reader.next() else { throw fault("the file ends too early") }
        at = (line.number, line.offset)
        guard line.isEnded, !line.isTooLong else { throw damage(.tornTail) }
        return line.bytes
    }

    /// The next line of what the trailer's hash is of.
    private mutating func summed() throws -> String {
        let bytes = try line()
        sum.add(bytes + [UInt8(ascii: "\n")])
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func readHeader() throws {
        guard try summed() == JournalExport.format else {
            throw fault("no \(JournalExport.format)")
        }
        for key in Self.keys {
            let text = try summed()
            guard text.hasPrefix(key + ": ") else { throw fault("expected '\(key): ...'") }
            fields[key] = String(text.dropFirst(key.count + 2))
        }
        guard try summed() == JournalExport.linesMark else {
            throw fault("expected '\(JournalExport.linesMark)'")
        }
        report.mine = fields["mine"] ?? ""
        (report.from, report.to) = (fields["from"] ?? "", fields["to"] ?? "")
        let numbers = (fields["lines"] ?? "").split(separator: " ")
        let head = (fields["head"] ?? "").split(separator: " ")
        guard numbers.count == 3, let first = UInt64(numbers[0]), let last = UInt64(numbers[2]),
            head.count == 2, let headNumber = UInt64(head[0])
        else { throw fault("the header names no lines or no head") }
        (report.firstNumber, report.lastNumber) = (first, last)
        (report.headNumber, report.headHash) = (headNumber, String(head[1]))
        let key = (fields["key"] ?? "").split(separator: " ").first.map(String.init) ?? ""
        guard key == "none" || JournalKey(text: key) != nil else {
            throw fault("the header's key is none")
        }
        chain = ChainWalk(
            from: .init(number: first, previous: fields["before"] ?? ""),
            key: JournalKey(text: key), trusted: trusted)
    }

    /// Takes a journal line; throws what does not fit.
    private mutating func take(_ text: String) throws -> JournalLine {
        let (found, kind) = chain.take(Array(text.utf8))
        if let kind { throw damage(kind) }
        guard let line = found else { throw damage(.unreadable(reason: "no line")) }
        if line.hash == asked { provenThrough = line.record.number }
        return line
    }

    private mutating func readSpan() throws {
        var last: UInt64?
        while true {
            let text = try summed()
            if text == JournalExport.proofMark { break }
            let line = try take(text)
            guard line.record.entry.mine == report.mine else { throw fault("of another mine") }
            last = line.record.number
        }
        guard last == report.lastNumber else {
            throw fault("the span ends with line \(last ?? 0), not \(report.lastNumber)")
        }
    }

    private mutating func readProof() throws {
        while true {
            let text = try summed()
            if text == JournalExport.endMark { return }
            _ = try take(text)
        }
    }

    private mutating func readEnd() throws {
        let text = String(decoding: try line(), as: UTF8.self)
        guard text == "sha256: \(sum.hash)" else {
            throw fault("the file was changed: its hash is \(sum.hash)")
        }
        if let more = try reader.next() {
            at = (more.number, more.offset)
            throw fault("something follows the end")
        }
    }

    private mutating func compare() throws {
        guard let place = chain.place else { throw fault("it has no lines") }
        let isProven = place.previous == report.headHash && place.number == report.headNumber &+ 1
        if !isProven {
            guard place.number == report.lastNumber &+ 1, report.headNumber > report.lastNumber
            else { throw fault("its lines do not lead to the head that it names") }
            report.remarks.append(
                "made without proof: nothing in it leads to the head that it names")
            (report.headNumber, report.headHash) = (report.lastNumber, place.previous)
        }
        if let asked {
            guard let proven = provenThrough else {
                throw fault("no line of it has the hash \(asked): it is of another journal")
            }
            if proven < report.lastNumber {
                report.remarks.append("the given head proves the lines up to \(proven) only")
            }
        }
        if !trusted.isEmpty {
            guard let signedFrom = chain.signedFrom else { throw damage(.unsigned) }
            if signedFrom > report.firstNumber {
                report.remarks.append("lines before \(signedFrom) are not signed")
            }
        }
    }
}
