internal import GasModel
internal import HaltAdvisory
internal import SiteDescription
internal import TraceReplay

extension BacktestResult {
    /// How many sensors, bad lines or unknown codes are named before the rest is only counted.
    private static let namedMax = 200

    /// The summary for people: some lines, each with its end.
    package var text: String {
        let parts = [head, refused, sensorTable, limitTable, haltLine, warningLine, ruleTable]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var head: String {
        let span = end.seconds(since: start)
        return "BACK-TEST of \(options.paths.joined(separator: ", "))\n"
            + "site       \(site.mine), \(site.name), \(site.fingerprint.prefix(12))\n"
            + "time       \(start.rfc3339Seconds()) to \(end.rfc3339Seconds()), "
            + "\(spoken(seconds: span))\n"
            + "rows       \(TraceSummary.grouped(rows)), "
            + "of them \(TraceSummary.grouped(judged)) of sensors of the site\n"
            + "alert log  \(counted(told.count, "line"))\n"
    }

    /// What was left out, some lines or none.
    package var refused: String {
        var text = ""
        if badLineCount > 0 {
            text += "BAD LINES, left out: \(TraceSummary.grouped(badLineCount))\n"
            text += badLines.prefix(10).map { "  \($0)\n" }.joined()
        }
        let codes = unknown.sorted { $0.key < $1.key }
        guard !codes.isEmpty else { return text }
        text += "SENSORS THAT THE SITE DOES NOT HAVE, left out: \(codes.count)\n"
        for (code, rows) in codes.prefix(Self.namedMax) {
            text += "  \(code.printable): \(counted(rows, "row"))\n"
        }
        return text
    }

    private var sensorTable: String {
        var rows = [
            [
                "SENSOR", "place", "readings", "faults", "late", "lowest", "highest", "gaps",
                "longest gap",
            ]
        ]
        for (sensor, tally) in zip(site.sensors, tallies).prefix(Self.namedMax) {
            let hasValue = tally.first != nil
            rows.append([
                sensor.id, sensor.place, TraceSummary.grouped(tally.readings),
                TraceSummary.grouped(tally.faults), TraceSummary.grouped(tally.late),
                hasValue ? fixed(tally.lowest, 2) : "-", hasValue ? fixed(tally.highest, 2) : "-",
                TraceSummary.grouped(tally.gaps),
                tally.gaps > 0 ? spoken(seconds: tally.longestGapSeconds) : "-",
            ])
        }
        return table(rows, rightAligned: [2, 3, 4, 5, 6, 7], of: site.sensors.count)
    }

    private var limitTable: String {
        var rows = [["LIMIT OF", "limit", "value", "runs", "events", "time over", "share"]]
        for (sensor, tally) in zip(site.sensors, tallies) {
            for (name, log) in [("alarm", tally.alarm), ("cut", tally.cut)] {
                guard let log, tally.readings > 0 else { continue }
                let step = tally.stepSeconds
                let over = log.secondsOver(step: step)
                let share = tally.observedSeconds > 0 ? over / tally.observedSeconds * 100 : 0
                rows.append([
                    sensor.id, name, hundredths(log.limit), "\(log.runs.count)",
                    "\(log.events(step: step).count)", spoken(seconds: over),
                    fixed(share, 2) + " %",
                ])
            }
        }
        guard rows.count > 1 else { return "" }
        return table(
            Array(rows.prefix(Self.namedMax)), rightAligned: [2, 3, 4, 5, 6],
            of: rows.count - 1)
    }

    private var haltLine: String {
        let halts = halts
        let late = halts.late > 0 ? "\(halts.late) by late readings outside all runs, " : ""
        return "HALTS      \(halts.total) begun; \(counted(halts.runs, "run")) over a cut limit of "
            + "30 s or more: \(halts.halted) halted, \(halts.missed) missed\n"
            + "           latency median \(spoken(seconds: quantile(halts.latencies, 0.5))), most "
            + "\(spoken(seconds: halts.latencies.max())); \(late)\(halts.unfounded) unfounded\n"
    }

    private var warningLine: String {
        let score = warnings
        let repeated = score.repeated > 0 ? "\(score.repeated) soon after those, " : ""
        return "WARNINGS   \(score.total) by trend: \(score.rightful) true, "
            + "\(score.unfounded) false, \(repeated)\(score.neutral) neutral; "
            + "\(shown(score.falsePerSensorDay, 2)) false a day and sensor, in "
            + "\(fixed(score.sensorDays, 2)) sensor-days\n"
            + "           \(score.warned) of \(counted(score.events, "event")) warned of, "
            + "lead median \(spoken(seconds: score.lead(0.5))), middle half "
            + "\(spoken(seconds: score.lead(0.25))) to \(spoken(seconds: score.lead(0.75)))\n"
    }

    private var ruleTable: String {
        var rows = [["RULE", "detector", "begun", "graver", "over"]]
        for rule in Rule.allCases {
            guard let count = found[rule] else { continue }
            rows.append([
                rule.rawValue, rule.detector.rawValue, "\(count.began)", "\(count.worsened)",
                "\(count.ended)",
            ])
        }
        return rows.count > 1 ? table(rows, rightAligned: [2, 3, 4], of: rows.count - 1) : ""
    }

    private func table(_ rows: [[String]], rightAligned: Set<Int>, of count: Int) -> String {
        // The last column of `aligned` is not padded: an empty one behind it lines the others up.
        let lines = aligned(rows.map { $0 + [""] }, rightAligned: rightAligned)
        let text = lines.map { trimmed($0) + "\n" }.joined()
        let rest = count - (rows.count - 1)
        return rest > 0 ? text + "and \(rest) more\n" : text
    }
}
