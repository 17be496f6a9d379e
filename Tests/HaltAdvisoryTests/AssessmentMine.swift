import GasModel
import HaltAdvisory
import Support

/// Two headings in two districts, their returns, and a book that is driven second by second.
///
/// Heading A ventilates its district's return R, R the main return M; heading B ventilates M.
struct AssessmentMine {
    static let codes = ["A-T1", "A-T2", "R-T1", "M-T1", "B-T1"]

    static func sensor(_ code: String, _ quantity: Quantity = .methane) -> Sensor {
        var sensor = Heading.sensor(code, .face, alarm: 1, cut: 1.5, repower: 1)
        sensor.place = String(code.prefix { $0 != "-" })
        sensor.gateway = ["A": "G1", "B": "G2"][sensor.place]
        sensor.quantity = quantity
        if quantity != .methane { sensor.limits = nil }
        return sensor
    }

    static func site(
        _ change: (inout Site) -> Void = { _ in }, more: [Sensor] = []
    ) -> Site {
        var site = Heading.site
        site.districts = [District(id: "D1", name: "One"), District(id: "D2", name: "Two")]
        site.places = [
            Place(id: "A", name: "A", kind: .heading, district: "D1", ventilates: ["R"]),
            Place(id: "R", name: "R", kind: .districtReturn, district: "D1", ventilates: ["M"]),
            Place(id: "M", name: "M", kind: .mainReturn),
            Place(id: "B", name: "B", kind: .heading, district: "D2", ventilates: ["M"]),
        ]
        site.sensors = codes.map { sensor($0) } + more
        site.people = Course.people
        change(&site)
        return site
    }

    var book: AdvisoryBook
    var told: [Announcement] = []
    private(set) var second = 0.0
    private var position: UInt64 = 0
    private var hearing = Hearing(isLinked: true)

    init(_ site: Site = AssessmentMine.site(), isHeard: Bool = true) {
        book = AdvisoryBook(site: site, sensors: site.sensors, ring: 7)
        pass(1)
        if isHeard { book.hear(hearing) }
    }

    mutating func hear(awaiting: [UInt32], isLinked: Bool = true) {
        hearing = Hearing(isLinked: isLinked, awaited: awaiting)
        book.hear(hearing)
    }

    mutating func pass(_ seconds: Double) {
        second += seconds
        position += 1
        told += book.tick(
            Reading(
                sensor: 0, kind: .tick, sourceTime: .at(second), arrivalTime: .at(second),
                arrivalUptime: Int64(second * 1e9)))
    }

    mutating func find(
        _ rule: Rule, _ subject: Finding.Subject, evidence: [Finding.Evidence] = []
    ) { find(rule, .began, subject, evidence: evidence) }

    mutating func find(
        _ rule: Rule, _ change: Finding.Change, _ subject: Finding.Subject,
        evidence: [Finding.Evidence] = []
    ) {
        position += 1
        let finding = Finding(
            rule, change, of: subject, value: 1.6, eventTime: .at(second),
            arrivalTime: .at(second), position: position, evidence: evidence)
        if let announcement = book.take(finding) { told.append(announcement) }
    }

    mutating func change(to site: Site) {
        position += 1
        book.change(to: SensorRoster(site: site, sensors: site.sensors), from: position)
        book.forgetOldSites()
    }

    /// As a restarted daemon has it, once the same was heard.
    func restarted() -> AdvisoryBook {
        var again = AdvisoryBook(site: book.site, sensors: book.site.sensors, ring: 7)
        for announcement in told { again.restore(announcement) }
        _ = again.tick(
            Reading(
                sensor: 0, kind: .tick, sourceTime: .at(second), arrivalTime: .at(second),
                arrivalUptime: Int64(second * 1e9)))
        again.hear(hearing)
        return again
    }

    /// `A halted R halted ... mine halted`, of what is not permitted.
    var bad: [String] {
        let assessment = book.assess()
        return (assessment.places + assessment.districts + [assessment.mine]).compactMap { area in
            area.verdict == .proven ? nil : "\(area.code) \(area.verdict.rawValue)"
        }
    }

    func evidence(_ code: String) -> [Assessment.Evidence] {
        let assessment = book.assess()
        let areas = assessment.places + assessment.districts + [assessment.mine]
        return areas.first { $0.code == code }?.evidence ?? []
    }
}
