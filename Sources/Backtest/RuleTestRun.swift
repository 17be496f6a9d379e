package import GasModel
internal import GasPipeline
package import SiteDescription

/// Runs the tests of a file against its site: the very detectors and book of the daemon, in virtual
/// time.
package struct RuleTestRun {
    private let site: Site
    private let screens: [SensorScreen]
    private let indexOfCode: [String: Int]

    /// A run against `site`.
    package init(_ site: Site) {
        self.site = site
        screens = site.sensors.map { SensorScreen($0) }
        indexOfCode = Dictionary(
            site.sensors.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What a test names and the site does not have.
    package func problems(of file: RuleFile) -> [SiteProblem] {
        let people = Set(site.people.map(\.name))
        let gateways = Set(site.sensors.compactMap(\.gateway))
        var problems: [SiteProblem] = []
        func look(for code: Placed<String>, _ noun: String, isKnown: Bool, among: [String]) {
            guard !isKnown else { return }
            let known = among.sorted().prefix(12).joined(separator: ", ")
            problems.append(
                SiteProblem(
                    line: code.line, column: code.column,
                    message: "the site has no \(noun) \"\(code.value)\"",
                    hint: among.isEmpty ? "it has none at all" : "it has \(known)"))
        }
        func lookForSensor(_ code: Placed<String>) {
            look(
                for: code, "sensor", isKnown: indexOfCode[code.value] != nil,
                among: Array(indexOfCode.keys))
        }
        for test in file.tests {
            for series in test.series { lookForSensor(series.sensor) }
            for event in test.events {
                switch event.kind {
                case .link: break
                case .gateway(let code, _):
                    look(
                        for: code, "gateway", isKnown: gateways.contains(code.value),
                        among: Array(gateways))
                case .calibration(let sensor, let by, _):
                    lookForSensor(sensor)
                    look(
                        for: by, "person", isKnown: people.contains(by.value),
                        among: Array(people))
                }
            }
        }
        return problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    /// Runs one test and returns what failed, in the order of its checks.
    package func run(_ test: RuleTest) -> [RuleFailure] {
        var stage = Stage(judge: MineJudge(SensorRoster(site: site, sensors: site.sensors)))
        var clock = RecordClock(start: test.start)
        stage.take(clock.linkUp)
        var failures: [RuleFailure] = []
        var deliveries = deliveries(of: test)[...]
        for check in test.checks {
            let end = test.start.advanced(bySeconds: check.at)
            while let next = deliveries.first, next.due <= end {
                deliveries.removeFirst()
                while let tick = clock.tick(through: next.due) { stage.take(tick) }
                stage.take(next.record(&clock))
            }
            while let tick = clock.tick(through: end) { stage.take(tick) }
            failures += stage.failures(of: check, in: test).sorted {
                ($0.line, $0.column) < ($1.line, $1.column)
            }
            stage.begin(at: check.at)
        }
        return failures
    }

    /// Something that arrives at `due`.
    private struct Delivery {
        var due: Timestamp
        var record: (inout RecordClock) -> Reading
    }

    /// All of a test in the order of arrival; what happens comes before what is measured at the
    /// same instant, and sensors come in the order of the file.
    private func deliveries(of test: RuleTest) -> [Delivery] {
        var all = test.events.map { event in
            let due = test.start.advanced(bySeconds: event.at)
            return Delivery(due: due) { record(of: event.kind, due: due, &$0) }
        }
        for series in test.series {
            guard let index = indexOfCode[series.sensor.value] else { continue }
            for message in series.messages {
                let measured = test.start.advanced(bySeconds: message.measuredAt)
                let due = test.start.advanced(bySeconds: message.measuredAt + message.lateBy)
                all.append(
                    Delivery(due: due) { reading(message, index, measured, due: due, &$0) })
            }
        }
        return all.enumerated().sorted { ($0.element.due, $0.offset) < ($1.element.due, $1.offset) }
            .map(\.element)
    }

    private func reading(
        _ message: RuleTest.Message, _ index: Int, _ measured: Timestamp, due: Timestamp,
        _ clock: inout RecordClock
    ) -> Reading {
        let (value, quality) = screens[index](message.value, quality: message.quality)
        let (time, uptime) = clock.arrival(due: due)
        return Reading(
            sensor: UInt32(index), kind: quality == .good ? .measurement : .fault,
            quality: quality, sourceTime: measured, arrivalTime: time, value: value,
            arrivalUptime: uptime)
    }

    private func record(
        of kind: RuleTest.Event.Kind, due: Timestamp, _ clock: inout RecordClock
    ) -> Reading {
        switch kind {
        case .link(let isUp): return clock.event(isUp ? .linkUp : .linkDown, at: due)
        case .gateway(let code, let isUp):
            var record = clock.event(isUp ? .gatewayUp : .gatewayDown, at: due)
            record.boot = UInt64(nameHash: code.value)
            return record
        case .calibration(let sensor, let by, let minutes):
            var record = clock.event(.calibration, at: due)
            record.sensor = UInt32(indexOfCode[sensor.value] ?? 0)
            record.boot = UInt64(nameHash: by.value)
            record.value = minutes
            return record
        }
    }
}

/// A check that did not hold.
package struct RuleFailure: Sendable, Equatable {
    /// Where in the file.
    package var line: Int
    /// Where in the line, from 1.
    package var column: Int
    /// Name of the test.
    package var test: String
    /// When in the test, in seconds.
    package var at: Double
    /// What was asked and is not so.
    package var message: String
    /// What was there instead, a line each.
    package var instead: [String]
}

extension Timestamp {
    fileprivate func advanced(bySeconds seconds: Double) -> Timestamp {
        advanced(byNanoseconds: Int64((seconds * 1e9).rounded()))
    }
}
