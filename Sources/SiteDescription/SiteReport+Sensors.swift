import GasModel

/// The table of sensors, and what they are judged by.
extension SiteReport {
    /// A heading, then for each place a line that names it and one for each of its sensors.
    func sensorText(_ notes: inout Footnotes, _ width: Int) -> String {
        var rows = [Column.allCases.map(\.rawValue)]
        for (_, sensors) in sensorsByPlace {
            for sensor in sensors {
                let basis = basis(sensor, &notes)
                rows.append(Column.allCases.map { cell($0, sensor, basis: basis) })
            }
        }
        let lines = aligned(rows, rightAligned: Column.rightAligned)
        var text = "SENSORS by place, and what they are judged by\n  \(lines[0])\n"
        var next = 1
        for (place, sensors) in sensorsByPlace {
            text += wrapped(words(place), indent: 2, width: width)
            for line in lines[next..<next + sensors.count] { text += "  \(line)\n" }
            next += sensors.count
        }
        return text
    }

    private enum Column: String, CaseIterable {
        case sensor = "SENSOR"
        case role = "ROLE"
        case alarm = "ALARM"
        case cut = "CUT"
        case repower = "REPOWER"
        case interval = "EVERY"
        case range = "RANGE"
        case basis = "BASIS"

        static let rightAligned = Set(
            allCases.indices.filter {
                [.alarm, .cut, .repower, .interval, .range].contains(allCases[$0])
            })
    }

    private func cell(_ column: Column, _ sensor: Sensor, basis: String) -> String {
        switch column {
        case .sensor: return sensor.id
        case .role: return role(sensor)
        case .alarm:
            return sensor.limits.map {
                mark(\.alarm, sensor) + words($0.alarm) + delay(sensor)
            } ?? "-"
        case .cut:
            return sensor.limits.map { limits in
                limits.cut.map { mark(\.cut, sensor) + words($0) } ?? "none"
            } ?? "-"
        case .repower:
            return sensor.limits.map { mark(\.repower, sensor) + "<" + figure($0.repower) } ?? "-"
        case .interval: return "\(short(sensor.intervalSeconds))s"
        case .range:
            // The unit is that of the limits too.
            let unit = sensor.quantity.definition.unit
            let isState = sensor.quantity.definition.states != nil
            return (isState ? unit : "\(spoken(sensor.range)) \(unit)") + origin(sensor)
        case .basis: return basis
        }
    }

    /// The role, and the quantity where the role does not say it.
    private func role(_ sensor: Sensor) -> String {
        let (role, quantity) = (sensor.role.rawValue, sensor.quantity.rawValue)
        return sensor.quantity == .methane || role == quantity ? role : "\(role) (\(quantity))"
    }

    /// ` from %LEL` where the sensor sends another unit, ` from A >=40` for a state made of one.
    private func origin(_ sensor: Sensor) -> String {
        guard let unit = sensor.sentUnit else { return "" }
        return " from \(unit)" + (sensor.conversion.onAt.map { " >=\(short($0))" } ?? "")
    }

    /// `+5s` where the alarm is held back, `-10s` where its end is.
    private func delay(_ sensor: Sensor) -> String {
        guard let delay = sensor.alarmDelay else { return "" }
        return (delay.onSeconds > 0 ? " +\(short(delay.onSeconds))s" : "")
            + (delay.offSeconds > 0 ? " -\(short(delay.offSeconds))s" : "")
    }

    /// `*` where the site is stricter than the law, `~` where the law has no figure of its own.
    private func mark(_ limit: KeyPath<LimitFacts, Bool>, _ sensor: Sensor) -> String {
        if sensor.stricter[keyPath: limit] { return "*" }
        return sensor.derived[keyPath: limit] ? "~" : ""
    }

    private func words(_ limit: Limit) -> String { limit.comparison + figure(limit.value) }

    private func basis(_ sensor: Sensor, _ notes: inout Footnotes) -> String {
        if let row = sensor.row { return notes.mark(row.basis) }
        return sensor.limits == nil ? "-" : "no legal basis"
    }

    private func words(_ place: Place) -> String {
        var words = [place.kind.rawValue]
        if let district = place.district { words.append("district \(district)") }
        if !place.ventilates.isEmpty {
            words.append("air goes to " + place.ventilates.joined(separator: ", "))
        }
        if !place.production.isEmpty {
            words.append("production by " + place.production.joined(separator: ", "))
        }
        return "\(place.id)  \(place.name) (\(words.joined(separator: "; ")))"
    }
}
