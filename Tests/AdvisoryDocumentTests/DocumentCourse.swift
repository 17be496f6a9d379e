import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import SiteDescription
import Support

/// A mine, its book and its journal, and the documents of what stands in it.
struct DocumentCourse {
    var book: AdvisoryBook
    private(set) var lines: [JournalLine] = []
    private var seconds = 0.0
    private var position: UInt64 = 0

    /// The high-gas mine of the samples.
    static func sampleSite(_ language: Language = .english) throws -> Site {
        let file = JSONSchema.repository.appending(path: "Deploy/samples/mine-high.yaml")
        var site = try SiteFile.read(
            Array(try Data(contentsOf: file)), name: file.lastPathComponent)
        site.language = language
        return site
    }

    init(_ site: Site) {
        book = AdvisoryBook(site: site, sensors: site.sensors, ring: 7)
        pass(1)
    }

    var now: Timestamp { .at(seconds) }

    mutating func take(_ announcements: [Announcement]) {
        for entry in announcements {
            let record = JournalRecord(
                number: UInt64(lines.count + 1), previous: lines.last?.hash ?? sha256([]),
                entry: entry)
            if let line = try? JournalLine(record) { lines.append(line) }
        }
    }

    mutating func pass(_ length: Double) {
        var left = length
        repeat {
            let step = min(left, 10)
            left -= step
            seconds += step
            position += 1
            take(
                book.tick(
                    Reading(
                        sensor: 0, kind: .tick, sourceTime: now, arrivalTime: now,
                        arrivalUptime: Int64(seconds * 1e9))))
        } while left > 0
    }

    mutating func find(
        _ rule: Rule, _ change: Finding.Change = .began, of subject: Finding.Subject,
        value: Double = .nan, quality: Reading.Quality = .good,
        evidence: [Finding.Evidence] = [], projection: Projection? = nil
    ) {
        position += 1
        take(
            [
                book.take(
                    Finding(
                        rule, change, of: subject, value: value, quality: quality, eventTime: now,
                        arrivalTime: now, position: position, projection: projection,
                        evidence: evidence))
            ].compactMap { $0 })
    }

    mutating func order(_ order: OperatorOrder, by duty: Duty) throws {
        guard let person = book.site.people.first(where: { $0.duty == duty }) else { return }
        take(try book.perform(order, by: person, login: "op-1", at: now))
    }

    func subject(_ code: String) -> Finding.Subject {
        .sensor(UInt32(book.site.sensors.firstIndex { $0.id == code } ?? 0))
    }

    /// The document of the advisory whose identifier holds `name`.
    func document(
        _ name: String, in language: Language, change: (inout DocumentSources) -> Void = { _ in }
    ) -> AdvisoryDocument? {
        let own = lines.filter { $0.record.entry.advisory?.id.contains(name) == true }
        var sources = DocumentSources(
            told: own.map(DocumentSources.Told.init), book: book, asOf: now,
            issuer: AdvisoryDocument.Issuer(version: "0.2.0"))
        sources.others = lines.map(\.record.entry).filter { $0.advisory == nil }
        change(&sources)
        return AdvisoryDocument(sources, in: language)
    }

    /// Every document of every advisory that was ever told, in `language`.
    func documents(in language: Language) -> [AdvisoryDocument] {
        let ids = Set(lines.compactMap { $0.record.entry.advisory?.id }).sorted()
        return ids.compactMap { id in document(id, in: language) }
    }
}

/// The course of the shipped samples: a heading goes over its cut, is answered and verified while
/// the feed still shows power, and is not yet releasable.
func sampleCourse(_ language: Language) throws -> DocumentCourse {
    var course = DocumentCourse(try DocumentCourse.sampleSite(language))
    let face = course.subject("1504H-T1")
    course.find(
        .trend, of: face, value: 0.84,
        projection: Projection(
            toAlarm: .init(earliest: 1.5, likely: 2.5, latest: 4),
            toCut: .init(earliest: 6, likely: 9.25, latest: nil)))
    course.pass(120)
    course.find(.alarm, of: face, value: 1.02)
    course.pass(30)
    course.find(.cut, of: face, value: 1.52)
    course.pass(4)
    course.find(.cut, .worsened, of: face, value: 2.07)
    course.find(
        .powerOn, of: .place("1504H"),
        evidence: [.init("power", 1), .init("cuts commanded", 1), .init("allowed", 2, "s")])
    for _ in 0..<5 { course.pass(25) }
    try course.order(
        OperatorOrder(.acknowledge, of: "1504H-T1.cut", text: "停电撤人，局扇不停"), by: .dispatcher)
    course.pass(60)
    try course.order(
        OperatorOrder(
            .verify, of: "1504H-T1.cut", text: "switch opened by hand",
            checks: [.peopleOut, .workStopped]), by: .gasInspector)
    try course.order(
        OperatorOrder(.note, of: "1504H-T1.cut", text: "duct torn at 40 m"), by: .dispatcher)
    course.pass(300)
    course.find(.powerOn, .ended, of: .place("1504H"))
    course.find(
        .cut, .ended, of: face, value: 0.93,
        evidence: [
            .init("peak", 2.07, "%CH4"), .init("over the limit for", 489, "s"),
            .init("above the limit x time", 2.31, "%CH4 min"),
        ])
    course.pass(20)
    return course
}

extension DocumentCourse {
    /// What other helpers of the daemon know besides.
    static func fill(_ sources: inout DocumentSources) {
        sources.offsetSeconds = 8 * 3600
        sources.clock = AdvisoryDocument.ClockQuality(isSynchronised: true, errorSecondsMax: 0.012)
        sources.gaps = [
            DocumentSources.Gap(
                from: .at(160), to: .at(171), subject: "1504H-T2", kind: "silence",
                words: [Phrase("silence-began", Phrase("of", "T2", "1504H"))]),
            DocumentSources.Gap(
                from: .at(200), to: nil, subject: "F03", kind: "gateway",
                words: [.verbatim("F03")]),
        ]
        sources.nearby = [
            .init(sensor: "1504H-T2", value: 0.71, measuredAt: .at(300)),
            .init(sensor: "1504H-M", value: .nan, quality: .sentinel, measuredAt: .at(300)),
            .init(sensor: "1504H-J1", value: 1, measuredAt: .at(300)),
            .init(sensor: "1504H-K1", value: 1, measuredAt: .at(300)),
            .init(sensor: "1504H-P", value: 0, measuredAt: .at(300)),
        ]
        sources.evidence = (
            "evidence/longtan.1504H-T1.cut.jsonl", sha256(Array("evidence".utf8))
        )
    }
}
