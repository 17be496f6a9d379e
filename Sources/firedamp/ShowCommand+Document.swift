import AdvisoryDelivery
import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import ReadingRecord

extension ShowCommand {
    /// The document of an advisory, made from the journal, the gap ledger and the site file alone:
    /// that the condition has been over for the hold time is the daemon's to say, who watched.
    func document(_ id: String, site path: String, in language: Language?) throws
        -> AdvisoryDocument
    {
        let site = try readSite(path)
        let journal = try readEntries(control.stateDir)
        var book = AdvisoryBook(site: site, sensors: site.sensors, ring: 0)
        var told: [DocumentSources.Told] = []
        var others: [Announcement] = []
        var evidence: (file: String, hash: String)?
        for line in journal.lines {
            let entry = line.record.entry
            book.restore(entry)
            if entry.advisory?.id == id {
                told.append(DocumentSources.Told(line))
            } else if !told.isEmpty {
                others.append(entry)
            }
            if let seal = entry.seal, seal.advisories.contains(where: { $0.id == id }) {
                evidence = (seal.file, seal.sha256)
            }
        }
        guard let first = told.first?.entry, let last = told.last?.entry else {
            throw Exit.noInput
        }
        let now = try TimeWords.since("0s")
        let isOver = last.advisory?.state == .closed
        var sources = DocumentSources(
            told: told, book: book, asOf: isOver ? last.decidedAt : now,
            issuer: AdvisoryDocument.Issuer(version: Firedamp.version))
        sources.others = others
        sources.evidence = evidence
        sources.offsetSeconds = LocalTime.offsetSeconds(at: sources.asOf)
        sources.gaps = try gaps(of: first, until: sources.asOf)
        guard let document = AdvisoryDocument(sources, in: language ?? site.language) else {
            complain("\(path): \(id) is an advisory of another mine")
            throw Exit.badData
        }
        return document
    }

    /// What was not seen of its place since its onset; `nil` where there is no gap ledger.
    private func gaps(
        of entry: Announcement, until: Timestamp
    ) throws -> [DocumentSources.Gap]? {
        let since = Timestamp(nanoseconds: entry.advisory?.onsetNanoseconds ?? entry.atNanoseconds)
        guard
            let history = try GapHistory.read(
                stateDirectory: control.stateDir, since: since, until: until)
        else { return nil }
        return history.blind.filter { span in
            guard let place = entry.place, let places = span.places else { return true }
            return places.contains(place)
        }.map { span in
            let subject = span.subject ?? Announcement.linkSubject
            return DocumentSources.Gap(
                from: max(span.from, since), to: span.to < until ? span.to : nil,
                subject: subject, kind: span.cause.rawValue,
                words: [Self.words(span.cause, subject)])
        }
    }

    private static func words(_ cause: BlindSpan.Cause, _ subject: String) -> Phrase {
        switch cause {
        case .link: Phrase("gap-link")
        case .down: Phrase("gap-down")
        case .stall: Phrase("gap-stall")
        case .gateway: Phrase("gap-gateway", subject)
        case .sensor: Phrase("gap-sensor", subject)
        }
    }
}
