import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

private func finding(
    _ rule: Rule, _ change: Finding.Change, at second: Double, value: Double = 1.6,
    sensor: UInt32? = Heading.face, delay: Double = 0, minutes: Double? = nil
) -> Finding {
    Finding(
        rule, change, of: sensor.map { .sensor($0) } ?? .link, value: value, eventTime: .at(second),
        arrivalTime: .at(second + delay), position: UInt64(max(0, second)),
        projection: minutes.map {
            Projection(toCut: .init(earliest: $0, likely: $0, latest: $0))
        })
}

private func freshBook() -> AdvisoryBook {
    AdvisoryBook(site: Heading.site, sensors: Heading.sensors, ring: 7)
}

private func told(
    by book: inout AdvisoryBook, _ finding: Finding
) throws -> Announcement {
    let announcement = book.take(finding)
    return try #require(announcement)
}

/// `HALT RAISED 1 active`: severity, transition, revision and state.
private func gist(_ announcement: Announcement?) -> String? {
    announcement.map {
        let advisory = $0.advisory
        return "\($0.severity.rawValue) \($0.transition.rawValue) \(advisory?.revision ?? 0) "
            + "\(advisory?.state.rawValue ?? "-")"
    }
}

@Suite("AdvisoryBook")
struct AdvisoryBookTests {
    @Test(
        "an advisory names the row that its limit comes from, and says that nobody has checked it")
    func basis() throws {
        let basis = LegalBasis(
            instrument: "AQ 1029", edition: "2019", article: "7.2", verified: .no)
        let row = LimitRow(
            id: "heading-face", role: .face, title: "", places: [.heading], gasClasses: [],
            alarm: Limit(1), cut: Limit(1.5), repower: 1, steps: [], scope: "", duty: "",
            basis: basis)
        var site = Heading.site
        site.table = LimitTable(
            name: "cn", jurisdiction: "", edition: "", title: "", fingerprint: "", rows: [row],
            requirements: [])
        var sensor = try #require(Heading.sensors[0])
        sensor.row = row
        sensor.resolution = 0.01
        var book = AdvisoryBook(site: site, sensors: [sensor], ring: 7)
        let raised = try told(by: &book, finding(.cut, .began, at: 0))
        #expect(raised.basis?.table == "cn")
        #expect(raised.basis?.row == "heading-face")
        #expect(raised.basis?.verified == "no")
        #expect(raised.basis?.text == "cn heading-face (NOT VERIFIED)")
        #expect(raised.basis?.instrument == "AQ 1029")
        #expect(raised.cause?.quality == "good")
        #expect(raised.cause?.resolution == 0.01)
        let silent = try told(by: &book, finding(.silence, .began, at: 1))
        #expect(silent.basis == nil, "where there is no limit, no row gives it")
    }

    @Test("a halt is latched: gone leaves it open, and its return is the same advisory")
    func latch() throws {
        var book = freshBook()
        let raised = try told(by: &book, finding(.cut, .began, at: 0))
        #expect(gist(raised) == "HALT RAISED 1 active")
        #expect(
            gist(book.take(finding(.cut, .worsened, at: 1))) == "HALT WORSE 2 active")
        #expect(gist(book.take(finding(.cut, .ended, at: 2))) == "HALT GONE 3 gone")
        #expect(book.openHaltCount == 1)
        let back = try told(by: &book, finding(.cut, .began, at: 3))
        #expect(gist(back) == "HALT BACK 4 active")
        #expect(back.advisory?.id == raised.advisory?.id)
        #expect(back.advisory?.onsetNanoseconds == raised.advisory?.onsetNanoseconds)
    }

    @Test(
        "everything but a halt is closed when it is gone, and comes back as a new advisory",
        arguments: [Rule.alarm, .trend, .fault, .silence, .link])
    func closed(_ rule: Rule) throws {
        var book = freshBook()
        let sensor = rule == .link ? nil : Heading.face
        let first = try told(by: &book, finding(rule, .began, at: 0, sensor: sensor))
        let gone = try told(by: &book, finding(rule, .ended, at: 1, sensor: sensor))
        #expect(gone.advisory?.state == .closed)
        #expect(book.open.isEmpty)
        let second = try told(by: &book, finding(rule, .began, at: 2, sensor: sensor))
        #expect(second.advisory?.id != first.advisory?.id)
        #expect(second.transition == .raised)
    }

    @Test("the identifier comes from mine, sensor, rule and onset, and from nothing else")
    func identity() throws {
        var (first, second) = (freshBook(), freshBook())
        let a = try told(by: &first, finding(.cut, .began, at: 0.25))
        let b = try told(
            by: &second, finding(.cut, .began, at: 0.25, value: 9, delay: 60))
        #expect(a.advisory?.id == "demo.H101-T1.cut.20261123T180000.250Z")
        #expect(a.advisory?.id == b.advisory?.id)
    }

    @Test("what repeats or ends nothing known is not told")
    func repeats() {
        var book = freshBook()
        #expect(book.take(finding(.cut, .ended, at: 0)) == nil)
        #expect(book.take(finding(.cut, .worsened, at: 0)) == nil)
        _ = book.take(finding(.cut, .began, at: 1))
        #expect(book.take(finding(.cut, .began, at: 1)) == nil)
        _ = book.take(finding(.cut, .ended, at: 2))
        #expect(book.take(finding(.cut, .ended, at: 3)) == nil)
        #expect(book.take(finding(.cut, .began, at: 0, sensor: 99)) == nil)
    }

    @Test("readings that raised a closed advisory raise no second one when they come again")
    func repeatOfClosed() {
        var book = freshBook()
        _ = book.take(finding(.alarm, .began, at: 0))
        _ = book.take(finding(.alarm, .ended, at: 1))
        #expect(book.take(finding(.alarm, .began, at: 0)) == nil)
    }

    @Test("a book restored from its own announcements goes on as if nothing had happened")
    func restore() {
        let course: [Finding] = [
            finding(.alarm, .began, at: 0, value: 1.2), finding(.cut, .began, at: 1),
            finding(.cut, .worsened, at: 2, value: 2.2), finding(.cut, .ended, at: 3, value: 0.9),
            finding(.alarm, .ended, at: 3, value: 0.9), finding(.cut, .began, at: 4, value: 1.7),
            finding(.fault, .began, at: 5, value: .nan), finding(.fault, .ended, at: 20),
        ]
        var whole = freshBook()
        let told = course.map { whole.take($0) }
        for cut in 0...course.count {
            var book = freshBook()
            for announcement in told[..<cut] { announcement.map { book.restore($0) } }
            let rest = course[cut...].map { book.take($0) }
            #expect(Array(told[cut...]) == rest, "restored after \(cut)")
            #expect(book.open == whole.open)
        }
    }

    @Test("what is no number never gets into an announcement, and the rest of it does")
    func figures() throws {
        var book = freshBook()
        var odd = finding(.trend, .began, at: 0, value: .infinity)
        odd.evidence = [
            .init("a", .nan), .init("b", 3, "s"), .init("c", -.infinity), .init("d", 1e300),
        ]
        odd.projection = Projection(
            toAlarm: .init(earliest: 1, likely: .infinity, latest: nil),
            toCut: .init(earliest: 1, likely: 2, latest: 3))
        let told = try told(by: &book, odd)
        #expect(told.cause?.value == nil)
        #expect(told.cause?.evidence?.map(\.name) == ["b", "d"])
        #expect(told.cause?.projection?.toAlarm == nil)
        #expect(told.cause?.projection?.toCut != nil)
        #expect(try !JSONEncoder().encode(told).isEmpty)
    }

    @Test("open advisories are listed by onset")
    func order() {
        var book = freshBook()
        _ = book.take(finding(.cut, .began, at: 5))
        _ = book.take(finding(.cut, .began, at: 2, sensor: Heading.faceReturn))
        #expect(book.open.map(\.sensor) == ["H101-T2", "H101-T1"])
    }

    @Test("the peak is the gravest value told")
    func peak() throws {
        var book = freshBook()
        _ = book.take(finding(.cut, .began, at: 0, value: 1.6))
        _ = book.take(finding(.cut, .worsened, at: 1, value: 2.4))
        let gone = try told(by: &book, finding(.cut, .ended, at: 2, value: 0.4))
        #expect(gone.advisory?.peak == 2.4)
        #expect(gone.cause?.value == 0.4)
    }
}

@Suite("Words of an advisory")
struct AdvisoryWordsTests {
    @Test("a halt names the limit that was reached and what to do; its end the re-power value")
    func limits() throws {
        var book = freshBook()
        let raised = try told(by: &book, finding(.cut, .began, at: 0))
        #expect(raised.limit == ">=1.50")
        #expect(raised.action.contains("stop work, cut power, withdraw people"))
        let gone = try told(by: &book, finding(.cut, .ended, at: 61, value: 0.9))
        #expect(gone.limit == "<1.00")
        #expect(gone.why.contains("stays latched"))
        #expect(gone.why.contains("after 61 s"))
    }

    @Test("a reading that came late is told as late: over 30 s, not at 30 s")
    func late() throws {
        var (at, over) = (freshBook(), freshBook())
        let prompt = try told(by: &at, finding(.cut, .began, at: 0, delay: 30))
        #expect(!prompt.why.contains("LATE"))
        let late = try told(by: &over, finding(.cut, .began, at: 0, delay: 95))
        #expect(late.why.contains("LATE: the reading was 95 s old"))
    }

    @Test("a trend says how long is left and never calls for a halt")
    func trend() throws {
        var book = freshBook()
        let warning = try told(
            by: &book, finding(.trend, .began, at: 0, value: 1.2, minutes: 3.4))
        #expect(warning.severity == .warning)
        #expect(warning.why.contains("3 minutes to the cut limit"))
        #expect(book.openHaltCount == 0)
    }

    @Test(
        "a value below a limit never reads as the limit",
        arguments: [
            (0.996, "0.996"), (1.0, "1.00"), (1.5, "1.50"), (0.4, "0.40"), (40, "40.00"),
            (-0.02, "-0.02"), (0.9996, "1.00"), (0, "0.00"),
        ])
    func rounding(_ value: Double, _ text: String) {
        #expect(hundredths(value) == text)
    }
}
