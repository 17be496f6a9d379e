import GasModel

extension SiteReport {
    /// The report as members of one JSON object; the keys are described in
    /// `Deploy/samples/CHECK.md`.
    package var members: [(key: String, value: JSONValue)] {
        [
            ("today", .text(today)), ("mine", mine),
            ("standing-halt", site.standingHalt.map(Self.json) ?? .null),
            ("limit-table", site.table.map(Self.json) ?? .null),
            ("policy", site.policy.map(Self.json) ?? .null),
            ("people", .list(site.people.map(Self.json))),
            (
                "districts",
                .list(
                    site.districts.map {
                        [
                            "id": .text($0.id), "name": .text($0.name),
                            "position": .text(orNull: $0.position),
                        ]
                    })
            ),
            ("places", .list(sensorsByPlace.map { Self.json($0.place, $0.sensors) })),
            ("coverage", Self.json(coverage)),
            ("grounds", groundList), ("timing", timing),
            ("attention", .list(attention.map(Self.json))),
            (
                "delivery",
                .list(
                    site.delivery.map {
                        [
                            "name": .text($0.name), "kind": .text($0.kind.rawValue),
                            "target": .text($0.words),
                        ]
                    })
            ),
            ("decommissioned", .list(site.decommissioned.map(Self.json))),
            (
                "retention",
                [
                    "journal-days": .number(Double(site.retention.journalDays)),
                    "raw-days": .number(Double(site.retention.rawDays)),
                ]
            ),
            ("language", .text(site.language.rawValue)),
            ("fingerprint", .text(site.fingerprint)),
            ("summary", .text(summary)),
        ]
    }

    private var mine: JSONValue {
        [
            "code": .text(site.mine), "name": .text(site.name),
            "gas-class": .text(orNull: site.gasClass?.rawValue),
            "licensed-output": .number(orNull: site.outputTonnes),
            "drainage": .text(site.needsDrainage ? "required" : "none"),
        ]
    }

    private static func json(_ halt: StandingHalt) -> JSONValue {
        [
            "licensed-output": .number(halt.outputTonnes),
            "least-licensed-output": .number(halt.outputTonnesMin),
            "policy": .text(halt.policy), "basis": json(halt.basis),
        ]
    }

    private static func json(_ table: LimitTable) -> JSONValue {
        [
            "name": .text(table.name), "jurisdiction": .text(table.jurisdiction),
            "title": .text(table.title), "edition": .text(table.edition),
            "fingerprint": .text(table.fingerprint),
        ]
    }

    private static func json(_ policy: ProvincePolicy) -> JSONValue {
        [
            "name": .text(policy.name), "title": .text(policy.title),
            "fingerprint": .text(policy.fingerprint),
        ]
    }

    private static func json(_ person: Person) -> JSONValue {
        [
            "name": .text(person.name), "duty": .text(person.duty.rawValue),
            "contact": .text(orNull: person.contact), "login": .text(orNull: person.login),
            "powers": .texts(person.powersInOrder.map(\.rawValue)),
        ]
    }

    private static func json(_ place: Place, _ sensors: [Sensor]) -> JSONValue {
        [
            "id": .text(place.id), "name": .text(place.name), "kind": .text(place.kind.rawValue),
            "district": .text(orNull: place.district), "ventilates": .texts(place.ventilates),
            "production": .texts(place.production),
            "drainage": .text(place.needsDrainage ? "required" : "none"),
            "withdrawal-seconds": .number(orNull: place.withdrawalSeconds),
            "sensors": .list(sensors.map(json)),
        ]
    }

    private static func json(_ sensor: Sensor) -> JSONValue {
        [
            "id": .text(sensor.id), "role": .text(sensor.role.rawValue),
            "quantity": .text(sensor.quantity.rawValue),
            "unit": .text(sensor.quantity.definition.unit),
            "sends": .text(sensor.sentUnit ?? sensor.quantity.definition.unit),
            "conversion": json(sensor.conversion),
            "type": .text(orNull: sensor.type?.rawValue),
            "range": [.number(sensor.range.lowerBound), .number(sensor.range.upperBound)],
            "resolution": .number(orNull: sensor.resolution),
            "limits": sensor.limits.map { json($0, sensor.stricter, sensor.derived) } ?? .null,
            "alarm-delay": sensor.alarmDelay.map(json) ?? .null,
            "steps": .list(sensor.steps.map(json)),
            "row": sensor.row.map(json) ?? .null,
            "interval-seconds": .number(sensor.intervalSeconds),
            "calibration-due": .text(orNull: sensor.calibrationDue),
            "gateway": .text(orNull: sensor.gateway),
        ]
    }

    private static func json(_ conversion: UnitConversion) -> JSONValue {
        [
            "factor": .number(conversion.factor), "divisor": .number(conversion.divisor),
            "offset": .number(conversion.offset), "on-at": .number(orNull: conversion.onAt),
        ]
    }

    private static func json(
        _ limits: GasLimits, _ stricter: LimitFacts, _ derived: LimitFacts
    ) -> JSONValue {
        func fact(_ comparison: String, _ at: Double, _ limit: KeyPath<LimitFacts, Bool>)
            -> JSONValue
        {
            [
                "operator": .text(comparison), "at": .number(at),
                "stricter-than-law": .bool(stricter[keyPath: limit]),
                "derived": .bool(derived[keyPath: limit]),
            ]
        }
        return [
            "alarm": fact(limits.alarm.comparison, limits.alarm.value, \.alarm),
            "cut": limits.cut.map { fact($0.comparison, $0.value, \.cut) } ?? .null,
            "repower": fact("<", limits.repower, \.repower),
        ]
    }

    private static func json(_ delay: AlarmDelay) -> JSONValue {
        ["on-seconds": .number(delay.onSeconds), "off-seconds": .number(delay.offSeconds)]
    }

    private static func json(_ step: LimitStep) -> JSONValue {
        [
            "operator": .text(step.at.comparison), "at": .number(step.at.value),
            "duty": .text(step.duty), "basis": step.basis.map(json) ?? .null,
        ]
    }

    private static func json(_ row: LimitRow) -> JSONValue {
        [
            "id": .text(row.id), "title": .text(row.title), "scope": .text(row.scope),
            "duty": .text(row.duty), "basis": json(row.basis),
        ]
    }

    static func json(_ basis: LegalBasis) -> JSONValue {
        [
            "instrument": .text(basis.instrument), "edition": .text(basis.edition),
            "article": .text(basis.article), "verified": .text(basis.verified.rawValue),
            "remark": .text(basis.verified.remark),
        ]
    }
}
