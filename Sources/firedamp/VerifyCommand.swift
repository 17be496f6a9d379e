import AdvisoryJournal
import ArgumentParser
import Foundation
import SiteDescription

/// `firedamp verify`: is the journal, or an export of it, what was once written?
struct VerifyCommand: ParsableCommand {
    /// What the answer is written in.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Walk the journal's chain and name the first byte that does not fit.",
        usage: """
            firedamp verify [DIR] [--key PUBLIC]... [--format text|json]
            firedamp verify --export FILE [--key PUBLIC]... [--head HASH] [--format text|json]
            """,
        discussion: """
            Looks at every segment in order: numbers, hashes, signatures, the head mark, and files \
            that do not belong there. A daemon may go on writing meanwhile: a last line that is \
            not written in full yet is then left out. Times that run backwards are remarked upon: \
            the chain proves order, not time. So is what stands in for a journal that could not be \
            written: its lines must follow the journal's last. What stands in a runtime directory \
            is not looked at.

            Exit codes: 0 whole; 65 damaged; 66 there is no journal, or it cannot be read.
            """)

    @Argument(help: "State directory of the daemon, or a directory with a journal's files.")
    var directory =
        ProcessInfo.processInfo.environment["STATE_DIRECTORY"] ?? "/var/lib/firedamp"

    @Option(
        help: ArgumentHelp(
            "A public key that may sign; more than once for more than one.",
            discussion: "Without it any key counts, and the answer says which there are.",
            valueName: "public"))
    var key: [JournalKey] = []

    @Option(help: ArgumentHelp("Check this export in place of a journal.", valueName: "file"))
    var export: String?

    @Option(
        help: ArgumentHelp(
            "With --export: the journal's head as it was published, which must be in it.",
            valueName: "hash"))
    var head: String?

    @Option(help: "text, or json.")
    var format = Format.text

    func validate() throws {
        guard head == nil || export != nil else {
            throw ValidationError("--head goes with --export only")
        }
        guard head.map({ $0.utf8.count == 64 && $0.allSatisfy(\.isHexDigit) }) ?? true else {
            throw ValidationError("--head takes the 64 hexadecimal digits of a hash")
        }
    }

    func run() throws {
        do {
            let answer = try export.map(checkExport) ?? checkJournal()
            switch format {
            case .text: Terminal.write(answer.text)
            case .json: Terminal.write(answer.json.rendered + "\n")
            }
            if !answer.isWhole { throw Exit.badData }
        } catch let error as FileError {
            complain("\(error)")
            throw Exit.noInput
        }
    }

    private struct Answer {
        var isWhole: Bool
        var text: String
        var json: JSONValue
    }

    private func checkJournal() throws -> Answer {
        let place = JournalPlace(directory)
        var report = try verify(place)
        try report.look(atStandIn: place.standIn, trusted: key)
        var text = report.damages.map { "\($0)\n" }.joined()
        if report.damageCount > report.damages.count {
            text += "and \(report.damageCount - report.damages.count) more\n"
        }
        text += report.remarks.map { "remark: \($0)\n" }.joined()
        text += signing(report.keys, from: report.signedFrom)
        let span =
            report.firstNumber.map {
                "lines \($0) to \(report.lastNumber), \(report.firstAt ?? "") to "
                    + (report.lastAt ?? "")
            } ?? "no lines"
        text += "\(place.directory): \(span), in \(report.segments) segments\n"
        text += "head: \(report.lastNumber) \(report.lastHash)\n"
        text += report.isWhole ? "whole\n" : "DAMAGED in \(report.damageCount) places\n"
        let json: JSONValue = [
            "format": "firedamp-verify/1", "directory": .text(place.directory),
            "whole": .bool(report.isWhole), "live": .bool(place.isLive),
            "damages": .list(report.damages.map(Self.json)),
            "damage-count": .number(Double(report.damageCount)),
            "remarks": .texts(report.remarks), "segments": .number(Double(report.segments)),
            "lines": .number(Double(report.lines)),
            "first": .number(orNull: report.firstNumber.map { Double($0) }),
            "last": .number(Double(report.lastNumber)), "head": .text(report.lastHash),
            "first-at": .text(orNull: report.firstAt), "last-at": .text(orNull: report.lastAt),
            "signed-from": .number(orNull: report.signedFrom.map { Double($0) }),
            "keys": .list(report.keys.map(Self.json)),
        ]
        return Answer(isWhole: report.isWhole, text: text, json: json)
    }

    /// A segment may be deleted for its age, or closed, between the look at the directory and the
    /// look at the file: then it is looked at once more.
    private func verify(_ place: JournalPlace) throws -> JournalReport {
        for _ in 0..<3 {
            do throws(FileError) {
                return try verifyJournal(
                    directory: place.directory, trusted: key, isLive: place.isLive)
            } catch {
                guard place.isLive, error.code == ENOENT else { throw error }
            }
        }
        return try verifyJournal(directory: place.directory, trusted: key, isLive: place.isLive)
    }

    private func checkExport(_ path: String) throws -> Answer {
        let report = try verifyExport(path: path, trusted: key, head: head)
        var text = report.damage.map { "\($0)\n" } ?? ""
        text += report.remarks.map { "remark: \($0)\n" }.joined()
        text += signing(report.keys, from: report.signedFrom)
        text +=
            "mine \(report.mine), \(report.from) to \(report.to): lines \(report.firstNumber) to "
            + "\(report.lastNumber)\n"
        text += "chained to the head: \(report.headNumber) \(report.headHash)\n"
        text += report.isWhole ? "whole\n" : "DAMAGED\n"
        let json: JSONValue = [
            "format": "firedamp-verify-export/1", "file": .text(path),
            "whole": .bool(report.isWhole), "damage": report.damage.map(Self.json) ?? .null,
            "remarks": .texts(report.remarks), "mine": .text(report.mine),
            "from": .text(report.from), "to": .text(report.to),
            "first": .number(Double(report.firstNumber)),
            "last": .number(Double(report.lastNumber)),
            "head-number": .number(Double(report.headNumber)), "head": .text(report.headHash),
            "signed-from": .number(orNull: report.signedFrom.map { Double($0) }),
            "keys": .list(report.keys.map(Self.json)),
        ]
        return Answer(isWhole: report.isWhole, text: text, json: json)
    }

    private func signing(_ keys: [JournalKey], from number: UInt64?) -> String {
        guard let number else { return "not signed\n" }
        let names = keys.map { "\($0.text), fingerprint \($0.fingerprint)" }
        return "signed from line \(number) on\n" + names.map { "key: \($0)\n" }.joined()
    }

    private static func json(_ damage: JournalDamage) -> JSONValue {
        [
            "file": .text(damage.path), "line": .number(Double(damage.line)),
            "byte": .number(Double(damage.offset)), "kind": .text(damage.kind.word),
            "text": .text(damage.kind.text),
        ]
    }

    private static func json(_ key: JournalKey) -> JSONValue {
        ["key": .text(key.text), "fingerprint": .text(key.fingerprint)]
    }
}
