import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// A notice with `why`, decided at `second`.
func notice(_ why: String, at second: Double = 0) -> Announcement {
    .notice(.notice, .loss, at: .at(second), site: Heading.site, why: why)
}

/// A halt that is raised at `second`.
func halt(_ second: Double) throws -> Announcement {
    var book = AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: 7)
    let finding = Finding(
        .cut, .began, of: .sensor(Heading.face), value: 1.6, eventTime: .at(second),
        arrivalTime: .at(second), position: 3)
    let announcement = book.take(finding)
    return try #require(announcement)
}

/// A directory with a journal of three lines: a notice, an open halt, a notice.
func threeLines(signer: JournalSigner? = nil) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    var journal = try AdvisoryJournal.open(
        directory: directory.file("journal"), now: .at(0), signer: signer)
    _ = try journal.append([notice("one"), try halt(0)])
    _ = try journal.append([notice("three")])
    return directory
}

/// The journal in `directory`; `take` gets the lines of its newest segment.
func opened(
    _ directory: TemporaryDirectory, at second: Double = 9, signer: JournalSigner? = nil,
    take: (JournalLine) -> Void = { _ in }
) throws -> AdvisoryJournal {
    try AdvisoryJournal.open(
        directory: directory.file("journal"), now: .at(second), signer: signer, take: take)
}

/// A book that has taken up `lines`.
func book(_ lines: [JournalLine]) -> AdvisoryBook {
    var book = AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: 7)
    for line in lines {
        if let memory = line.record.memory { book.restore(memory) }
        if line.record.carried != nil {
            book.restore(carried: line.asTold.record.entry)
        } else {
            book.restore(line.record.entry)
        }
    }
    return book
}

/// What a segment begins with after `lines`.
func opening(_ lines: [JournalLine], at second: Double = 9) -> AdvisoryJournal.Opening {
    AdvisoryJournal.Opening(book(lines), at: .at(second))
}

/// A directory with a journal of several segments, each of a few lines; a halt stands from the
/// first on.
func segments(_ count: Int, lines: Int = 3, signer: JournalSigner? = nil) throws
    -> TemporaryDirectory
{
    let directory = try TemporaryDirectory()
    var journal = try AdvisoryJournal.open(
        directory: directory.file("journal"), now: .at(0), signer: signer)
    var all = try journal.append([try halt(0)])
    for segment in 0..<count {
        let second = Double(segment) * 100
        if segment > 0 { try journal.begin(opening(all, at: second)) }
        for line in 1...lines {
            all += try journal.append([notice("segment \(segment) line \(line)", at: second)])
        }
    }
    return directory
}

extension TemporaryDirectory {
    /// The journal's segments in order, as paths within this directory.
    func journalFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: file("journal"))
            .filter { $0.hasPrefix("advisories") && $0.hasSuffix(".jsonl") }
            // The growing one has no number, and comes last.
            .sorted { ($0.count < $1.count ? 1 : 0, $0) < ($1.count < $0.count ? 1 : 0, $1) }
            .map { "journal/" + $0 }
    }

    /// Replaces `name`, also where it is read-only.
    func overwrite(_ bytes: [UInt8], _ name: String) throws {
        try? FileManager.default.removeItem(atPath: file(name))
        try write(bytes, to: name)
    }

    /// The lines of `name`.
    func lines(_ name: String) throws -> [String] {
        String(decoding: try bytes(name), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Replaces `name` by lines.
    func overwrite(lines: [String], _ name: String) throws {
        try overwrite(Array(lines.map { $0 + "\n" }.joined().utf8), name)
    }

    /// What a walk through the whole journal finds.
    func verified(_ trusted: [JournalKey] = [], isLive: Bool = false) throws -> JournalReport {
        try verifyJournal(directory: file("journal"), trusted: trusted, isLive: isLive)
    }
}

extension AdvisoryJournal {
    /// What was repaired first, in English.
    var firstRepair: String? { repairs.first?.said(in: .english) }
}
