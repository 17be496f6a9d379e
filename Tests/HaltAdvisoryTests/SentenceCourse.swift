import GasModel
import HaltAdvisory
import Support

/// Announcements of every kind that the book makes: each rule with each change, and what people and
/// time bring.
enum SentenceCourse {
    /// Codes, names and whatever people typed, which stay as they are.
    static let typed = [
        "demo.H101-T1.cut.", "demo.H101-T2.cut.", "demo.H101-T2.silence.", "demo.H101-T1.alarm.",
        "Wang Lei", "Zhao Qiang", "Chen Jun", "Li Wei", "heading sealed", "look at the fan",
        "on the way", "all out", "seen", "new head", "well done", "done", "again", "shift 2",
        "by hand", "treated", "out", "test gas", "ext. 8110",
    ]
    private static let face = Finding.Subject.sensor(Heading.face)

    /// All of them, in an order that never changes. `site`: the heading, with people and more.
    static func all(in site: Site = Course.site) -> [Announcement] {
        findings(in: site) + orders(in: site) + time(in: site) + decommissioning(in: site)
    }

    private static func subject(of rule: Rule) -> Finding.Subject {
        switch rule {
        case .link: .link
        case .gateway: .gateway("gw-1")
        case .fanStopped, .airShort, .work, .powerOn: .place("H101")
        default: face
        }
    }

    private static func course(
        _ rule: Rule, of subject: Finding.Subject, in site: Site,
        evidence: [Finding.Evidence] = [], projection: Projection? = nil,
        type: SensorType? = nil, change: (inout Finding) -> Void = { _ in }
    ) -> [Announcement] {
        var sensors = Heading.sensors
        for index in sensors.indices { sensors[index]?.type = type }
        var book = AdvisoryBook(site: site, sensors: sensors, ring: 7)
        var told: [Announcement] = []
        for (number, step) in [Finding.Change.began, .worsened, .ended, .began].enumerated() {
            let second = Double(number * 60)
            var finding = Finding(
                rule, step, of: subject, value: 1.6, eventTime: .at(second),
                arrivalTime: .at(second), position: UInt64(number), projection: projection,
                evidence: evidence)
            change(&finding)
            if let announcement = book.take(finding) { told.append(announcement) }
        }
        return told
    }

    private static func findings(in site: Site) -> [Announcement] {
        let figures: [Finding.Evidence] = [
            .init("last value", 0.93, "%CH4"), .init("over the limit for", 42, "s"),
            .init("H101-T2 moved", 0.4, "%CH4"), .init("tier", 2),
        ]
        var told: [Announcement] = []
        for rule in Rule.allCases {
            let subject = subject(of: rule)
            told += course(rule, of: subject, in: site)
            told += course(rule, of: subject, in: site, evidence: figures)
        }
        let bands: [Projection.Band?] = [
            nil, .init(earliest: 0.2, likely: 0.4, latest: 0.8),
            .init(earliest: 1, likely: 1, latest: 1), .init(earliest: 3, likely: 5, latest: 9),
            .init(earliest: 30, likely: 90, latest: nil),
            .init(earliest: 130, likely: 200, latest: 7000),
        ]
        for rule in [Rule.trend, .slowRise] {
            for band in bands {
                told += course(rule, of: face, in: site, projection: Projection(toCut: band))
            }
        }
        told += faults(in: site)
        told += losses(in: site)
        for name in ["Wang Lei", "Nobody"] {
            told += course(.calibrating, of: face, in: site) {
                $0.person = UInt64(nameHash: name)
            }
        }
        told += course(.cut, of: face, in: site) {
            $0.arrivalTime = $0.arrivalTime.advanced(byNanoseconds: 95_000_000_000)
        }
        told += course(.cut, of: face, in: site) {
            $0.changedAt = $0.eventTime.advanced(byNanoseconds: 4_000_000_000)
        }
        return told
    }

    private static func faults(in site: Site) -> [Announcement] {
        var told: [Announcement] = []
        for quality in (UInt8(0)...7).map({ Reading.Quality(rawValue: $0) }) {
            for rule in [Rule.cut, .fault] {
                told += course(rule, of: face, in: site) {
                    $0.quality = quality
                    if rule == .fault { $0.value = .nan }
                }
            }
        }
        for value in [.nan, 4.0] {
            told += course(.fault, of: face, in: site, type: .catalytic) {
                $0.quality = .aboveRange
                $0.value = value
            }
        }
        return told
    }

    /// Losses of sight that need figures or a length for their words.
    private static func losses(in site: Site) -> [Announcement] {
        var told = course(
            .silence, of: face, in: site, evidence: [.init("readings older than its newest", 6)])
        told += course(
            .silence, of: face, in: site,
            evidence: [.init("age of its newest reading", 600, "s")])
        told += course(
            .flapping, of: .gateway("gw-1"), in: site,
            evidence: [.init("times lost in 10 min", 4), .init("sensors", 2)])
        for rule in [Rule.silence, .gateway] {
            told += course(rule, of: subject(of: rule), in: site) {
                if $0.change == .began { $0.heldNanoseconds = 60_000_000_000 }
            }
        }
        return told
    }

    private static func orders(in site: Site) -> [Announcement] {
        var course = Course(site)
        let (dispatcher, inspector, chief) = (
            Course.people[0], Course.people[1], Course.people[2]
        )
        course.find(.cut, .began)
        course.find(.alarm, .began, sensor: 1)
        course.find(.fault, .began, sensor: 1)
        course.order(OperatorOrder(.note, text: "look at the fan"), by: dispatcher)
        course.order(OperatorOrder(.note, of: "T1.cut", text: "on the way"), by: dispatcher)
        course.order(OperatorOrder(.acknowledge, of: "T1.cut", text: "all out"), by: dispatcher)
        course.order(OperatorOrder(.acknowledge, of: "T2.alarm", text: "seen"), by: dispatcher)
        course.order(
            OperatorOrder(.shelve, of: "T2.fault", text: "new head", minutes: 5), by: dispatcher)
        course.order(
            OperatorOrder(.shelve, of: "T2.fault", text: "done", minutes: 0), by: dispatcher)
        course.order(
            OperatorOrder(.shelve, of: "T2.fault", text: "again", minutes: 1), by: dispatcher)
        course.order(OperatorOrder(.drill, place: "H101", text: "shift 2"), by: dispatcher)
        course.order(OperatorOrder(.drill, of: "drill", text: "well done"), by: dispatcher)
        course.order(
            OperatorOrder(.verify, of: "T1.cut", text: "by hand", checks: [.powerOff]),
            by: inspector)
        course.order(
            OperatorOrder(
                .verify, of: "T1.cut", text: "", checks: [.peopleOut, .workStopped]),
            by: inspector)
        course.pass(70)
        course.find(.fault, .ended, sensor: 1)
        course.find(.cut, .ended, value: 0.8)
        course.pass(70)
        course.order(OperatorOrder(.release, of: "T1.cut", text: "treated"), by: chief)
        course.find(.cut, .began)
        course.find(.cut, .ended, value: 0.8)
        course.order(OperatorOrder(.acknowledge, of: "T1.cut", text: "out"), by: dispatcher)
        course.order(
            OperatorOrder(.verify, of: "T1.cut", text: "", checks: Check.allCases), by: inspector)
        course.pass(70)
        course.order(
            OperatorOrder(
                .release, of: "T1.cut", text: "test gas", hadOtherCause: true), by: chief)
        return course.told
    }

    private static func time(in site: Site) -> [Announcement] {
        var course = Course(site)
        course.find(.cut, .began)
        course.find(.silence, .began, sensor: 1)
        for _ in 0..<12 { course.pass(130) }
        course.find(.cut, .began, sensor: 1)
        course.find(.cut, .ended, value: 0.8)
        course.find(.cut, .ended, sensor: 1, value: 0.8)
        course.find(.silence, .ended, sensor: 1)
        for _ in 0..<40 { course.pass(130) }
        return course.told
    }

    private static func decommissioning(in site: Site) -> [Announcement] {
        var course = Course(site)
        let entry = Decommission(sensor: "H101-T1", by: "Li Wei", reason: "heading sealed")
        course.find(.alarm, .began)
        var told = course.told + course.book.decommission(entry, at: course.now)
        var halted = Course(site)
        halted.find(.cut, .began)
        told += halted.told + halted.book.decommission(entry, at: halted.now)
        var empty = Course(site)
        told += empty.book.decommission(entry, at: empty.now)
        return told
    }
}
