package import GasModel
package import HaltAdvisory
package import TraceReplay

/// What came of a back-test.
package struct BacktestResult: Sendable {
    /// The mine.
    package let site: Site
    /// What was judged.
    package let options: Backtest.Options
    /// When the first row arrived.
    package let start: Timestamp
    /// When the last row did that was judged.
    package internal(set) var end: Timestamp
    /// Rows of the traces that could be read.
    package internal(set) var rows = 0
    /// Those of sensors that the site has.
    package internal(set) var judged = 0
    /// Rows of sensors that the site does not have, by code.
    package internal(set) var unknown: [String: Int] = [:]
    /// The first lines that could not be read.
    package internal(set) var badLines: [TraceError] = []
    /// How many there were.
    package internal(set) var badLineCount = 0
    /// Every line of the alert log, in order.
    package internal(set) var told: [ToldLine] = []
    /// What was found of each rule: begun, worsened, ended.
    private(set) var found: [Rule: RuleCount] = [:]
    /// By sensor, in the order of the site.
    var tallies: [SensorTally]

    /// How often something was found.
    struct RuleCount: Sendable, Equatable {
        var began = 0
        var worsened = 0
        var ended = 0
    }

    /// Stretches that a picture keeps of each sensor; fewer where there are many sensors.
    private static func bucketsMax(_ site: Site) -> Int { site.sensors.count > 1000 ? 256 : 2048 }

    init(site: Site, options: Backtest.Options, start: Timestamp) {
        self.site = site
        self.options = options
        self.start = start
        end = start
        let buckets = options.wantsPicture ? Self.bucketsMax(site) : nil
        tallies = site.sensors.map { SensorTally($0, bucketsMax: buckets) }
    }

    mutating func note(_ finding: Finding) {
        switch finding.change {
        case .began: found[finding.rule, default: RuleCount()].began += 1
        case .worsened: found[finding.rule, default: RuleCount()].worsened += 1
        case .ended: found[finding.rule, default: RuleCount()].ended += 1
        }
        guard case .sensor(let index) = finding.subject else { return }
        switch (finding.rule, finding.change) {
        case (.cut, .began): tallies[Int(index)].halt(finding)
        case (.cut, .ended): tallies[Int(index)].haltEnded(at: finding.eventTime)
        case (.trend, .began): tallies[Int(index)].warn(finding)
        default: return
        }
    }
}

/// What is kept of a line of the alert log.
package struct ToldLine: Sendable {
    /// Its number.
    package let number: UInt64
    /// When it was decided.
    package let at: Timestamp
    /// How urgent it is.
    package let severity: Severity
    /// What happened.
    package let transition: Transition
    /// The rule; `nil` for notices.
    package let rule: Rule?
    /// Code of sensor, gateway or place; `broker` for the link; `-` for notices.
    package let subject: String
    /// The place, if it concerns one.
    package let place: String?
    /// The value, where there is one.
    package let value: Double?
    /// The advisory's identifier; `nil` for notices.
    package let id: String?

    init(_ announcement: Announcement, number: UInt64, rule: Rule?) {
        self.number = number
        self.rule = rule
        at = announcement.decidedAt
        severity = announcement.severity
        transition = announcement.transition
        subject = announcement.advisory == nil ? "-" : announcement.subject
        place = announcement.place
        value = announcement.cause?.value
        id = announcement.advisory?.id
    }
}
