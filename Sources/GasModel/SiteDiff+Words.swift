/// What there is to compare of places and sensors, in words.
extension SiteDiff {
    static func words(_ place: Place) -> String { "\(place.kind.rawValue) \(place.name)" }

    static func fields(_ place: Place) -> [Field] {
        [
            Field("name", .telling, place.name),
            Field("kind", .judgement, place.kind.rawValue),
            // Some halts reach as far as the district does.
            Field("district", .judgement, place.district),
            Field("ventilates", .judgement, listed(place.ventilates.sorted())),
            Field("production", .judgement, listed(place.production.sorted())),
            Field("drainage", .judgement, place.needsDrainage ? "required" : nil),
            // A longer one warns sooner.
            Field(
                "withdrawal", .judgement, place.withdrawalSeconds.map { "\($0) s" },
                bound: place.withdrawalSeconds.map { -$0 }),
        ]
    }

    static func words(_ sensor: Sensor) -> String {
        let unit = sensor.quantity.definition.unit
        let limits = sensor.limits.map { limits in
            let cut = limits.cut.map { words($0) } ?? "none"
            return ", alarm \(words(limits.alarm)), cut \(cut), repower <\(limits.repower) \(unit)"
        }
        let (quantity, role) = (sensor.quantity.rawValue, sensor.role.rawValue)
        return (quantity == role ? quantity : "\(quantity) \(role)") + " in \(sensor.place)"
            + (limits ?? "")
    }

    static func fields(_ sensor: Sensor) -> [Field] {
        [
            Field("place", .judgement, sensor.place),
            Field("role", .judgement, sensor.role.rawValue),
            Field("quantity", .judgement, sensor.quantity.rawValue),
            Field("unit", .judgement, unit(of: sensor)),
            bound("limits.alarm", sensor.limits.map { words($0.alarm) }, sensor.limits?.alarm),
            bound(
                "limits.cut", sensor.limits.map { $0.cut.map { words($0) } ?? "none" },
                sensor.limits?.cut),
            bound(
                "limits.repower", sensor.limits.map { "<\($0.repower)" },
                sensor.limits.map { Limit($0.repower) }),
            Field(
                "steps", .judgement,
                listed(sensor.steps.map { "\(words($0.at)): \($0.duty)" })),
            // What the row says is told by the table: the same one has the same rows.
            Field("row", .telling, sensor.row?.id),
            Field(
                "interval", .judgement, "\(sensor.intervalSeconds) s",
                bound: sensor.intervalSeconds),
            Field("alarm-delay", .judgement, sensor.alarmDelay.map { words($0) }),
            Field("range", .judgement, "\(sensor.range.lowerBound) to \(sensor.range.upperBound)"),
            Field("resolution", .judgement, sensor.resolution.map { "\($0)" }),
            Field("type", .telling, sensor.type?.rawValue),
            // No reading is judged by them, but findings are told of them.
            Field("calibration-due", .telling, sensor.calibrationDue),
            Field("gateway", .telling, sensor.gateway),
        ]
    }

    static func words(_ ground: HaltGround) -> String { ground.title }

    static func fields(_ ground: HaltGround) -> [Field] {
        [
            Field(
                "allowed", .judgement, "\(ground.allowedSeconds) s", bound: ground.allowedSeconds),
            Field(
                "allowed-rising", .judgement, "\(ground.allowedRisingSeconds) s",
                bound: ground.allowedRisingSeconds),
            Field("rest", .judgement, ground.restText),
        ]
    }

    static func fields(_ timing: HaltTiming) -> [Field] {
        [
            Field(
                "escalate", .judgement, "\(timing.escalateSeconds) s",
                bound: timing.escalateSeconds),
            Field("remind", .telling, "\(timing.remindSeconds) s", bound: timing.remindSeconds),
            Field("hold", .judgement, "\(timing.holdSeconds) s", bound: -timing.holdSeconds),
        ]
    }

    static func words(_ gap: AcceptedGap) -> String {
        "\(gap.acceptedBy) until \(gap.until): \(gap.reason)"
    }

    static func fields(_ gap: AcceptedGap) -> [Field] {
        [
            Field("accepted-by", .telling, gap.acceptedBy),
            Field("reason", .telling, gap.reason),
            // A day as a number: 2026-12-01 is 20261201.
            Field("until", .judgement, gap.until, bound: Double(gap.until.filter { $0 != "-" })),
        ]
    }

    static func words(_ decommission: Decommission) -> String {
        "\(decommission.by): \(decommission.reason)"
    }

    /// A limit: where there is none, nothing ever reaches it.
    private static func bound(_ key: String, _ text: String?, _ limit: Limit?) -> Field {
        Field(key, .judgement, text, bound: limit?.reachedAt ?? .infinity)
    }

    private static func words(_ limit: Limit) -> String { "\(limit.comparison)\(limit.value)" }

    private static func words(_ delay: AlarmDelay) -> String {
        "on \(delay.onSeconds) s, off \(delay.offSeconds) s"
    }

    /// The unit that the sensor sends, and what becomes of its values.
    private static func unit(of sensor: Sensor) -> String {
        let conversion = sensor.conversion
        let unit = sensor.sentUnit ?? sensor.quantity.definition.unit
        if let onAt = conversion.onAt { return "\(unit), on at \(onAt)" }
        return conversion == UnitConversion()
            ? "the quantity's own"
            : "\(unit) x \(conversion.factor) / \(conversion.divisor) + \(conversion.offset)"
    }
}
