internal import GasModel
internal import HaltAdvisory
package import SiteDescription

extension BacktestResult {
    /// What names the form of `json`: a change that a reader must know of has another number.
    package static let jsonFormat = "firedamp-backtest/1"

    /// The summary for programs; its keys are described in `Deploy/samples/BACKTEST.md`.
    package var json: JSONValue {
        [
            "format": .text(Self.jsonFormat), "traces": .texts(options.paths),
            "mine": .text(site.mine), "site": .text(site.fingerprint),
            "start": .text(start.rfc3339()), "end": .text(end.rfc3339()),
            "rows": number(rows), "judged": number(judged),
            "badLines": [
                "count": number(badLineCount), "first": .texts(badLines.map { "\($0)" }),
            ],
            "unknownSensors": .object(
                unknown.sorted { $0.key < $1.key }.map { ($0.key, number($0.value)) }),
            "lines": number(told.count), "halts": json(halts), "warnings": json(warnings),
            "rules": .object(
                Rule.allCases.compactMap { rule in
                    found[rule].map { (rule.rawValue, json($0)) }
                }),
            "sensors": .list(zip(site.sensors, tallies).map { json($0, $1) }),
            "told": .list(told.map(json)),
        ]
    }

    private func number(_ count: Int) -> JSONValue { .number(Double(count)) }

    private func json(_ count: RuleCount) -> JSONValue {
        [
            "began": number(count.began), "worsened": number(count.worsened),
            "ended": number(count.ended),
        ]
    }

    private func json(_ score: HaltScore) -> JSONValue {
        [
            "total": number(score.total), "runs": number(score.runs),
            "halted": number(score.halted), "missed": number(score.missed),
            "latencyMedianSeconds": .number(orNull: quantile(score.latencies, 0.5)),
            "latencyMaxSeconds": .number(orNull: score.latencies.max()),
            "repeated": number(score.repeated), "late": number(score.late),
            "unfounded": number(score.unfounded),
        ]
    }

    private func json(_ score: WarningScore) -> JSONValue {
        [
            "total": number(score.total), "true": number(score.rightful),
            "false": number(score.unfounded), "neutral": number(score.neutral),
            "repeated": number(score.repeated), "events": number(score.events),
            "warned": number(score.warned), "recall": .number(orNull: score.recall),
            "falsePerSensorDay": .number(orNull: score.falsePerSensorDay),
            "leadMedianSeconds": .number(orNull: score.lead(0.5)),
            "leadQuartilesSeconds": [
                .number(orNull: score.lead(0.25)), .number(orNull: score.lead(0.75)),
            ],
            "sensorDays": .number(score.sensorDays),
        ]
    }

    private func json(_ sensor: Sensor, _ tally: SensorTally) -> JSONValue {
        let hasValue = tally.first != nil
        var limits: [(key: String, value: JSONValue)] = []
        for (name, log) in [("alarm", tally.alarm), ("cut", tally.cut)] {
            if let log { limits.append((name, json(log, step: tally.stepSeconds))) }
        }
        return [
            "id": .text(sensor.id), "place": .text(sensor.place),
            "unit": .text(sensor.quantity.definition.unit), "readings": number(tally.readings),
            "faults": number(tally.faults), "late": number(tally.late),
            "first": .text(orNull: tally.first?.rfc3339()),
            "last": .text(orNull: tally.last?.rfc3339()),
            "lowest": .number(orNull: hasValue ? tally.lowest : nil),
            "highest": .number(orNull: hasValue ? tally.highest : nil),
            "stepSeconds": .number(tally.stepSeconds), "gaps": number(tally.gaps),
            "longestGapSeconds": .number(tally.longestGapSeconds), "limits": .object(limits),
            "halts": json(HaltScore(tally)), "warnings": json(WarningScore(tally)),
        ]
    }

    private func json(_ log: CrossingLog, step: Double) -> JSONValue {
        [
            "reachedAt": .number(log.limit), "runs": number(log.runs.count),
            "events": .texts(log.events(step: step).map { $0.rfc3339() }),
            "secondsOver": .number(log.secondsOver(step: step)),
        ]
    }

    private func json(_ line: ToldLine) -> JSONValue {
        [
            "number": .number(Double(line.number)), "at": .text(line.at.rfc3339()),
            "severity": .text(line.severity.rawValue),
            "transition": .text(line.transition.rawValue),
            "rule": .text(orNull: line.rule?.rawValue), "subject": .text(line.subject),
            "place": .text(orNull: line.place), "value": .number(orNull: line.value),
            "id": .text(orNull: line.id),
        ]
    }
}
