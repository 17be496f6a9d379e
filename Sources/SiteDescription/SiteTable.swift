package import GasModel

/// A site as a table in plain text, so that an engineer sees what each sensor will be judged by.
package enum SiteTable {
    /// The table: a line for the mine, then one for each sensor, by place in the order of the file.
    ///
    /// **Shape:** columns are aligned with spaces, numbers to the right; only the last column, the
    /// place's name, may hold other than ASCII. Ends with a line break.
    package static func render(_ site: Site) -> String {
        let title =
            "mine \(site.mine) (\(site.name)): \(counted(site.places.count, "place")), "
            + "\(counted(site.sensors.count, "sensor"))\nfingerprint \(site.fingerprint)\n\n"
        let rows = [Column.allCases.map(\.rawValue)] + rows(site)
        let widths = Column.allCases.indices.map { column in
            rows.reduce(0) { max($0, $1[column].count) }
        }
        return rows.reduce(into: title) { text, row in
            text += line(row, widths) + "\n"
        }
    }

    private enum Column: String, CaseIterable {
        case place = "PLACE"
        case sensor = "SENSOR"
        case role = "ROLE"
        case alarm = "ALARM >="
        case cut = "CUT >="
        case repower = "RE-POWER <"
        case unit = "UNIT"
        case interval = "EVERY"
        case range = "RANGE"
        case name = "NAME OF PLACE"

        var isRightAligned: Bool {
            switch self {
            case .alarm, .cut, .repower, .interval, .range: true
            default: false
            }
        }
    }

    private static func rows(_ site: Site) -> [[String]] {
        let sensors = Dictionary(grouping: site.sensors, by: \.place)
        return site.places.flatMap { place in
            sensors[place.id, default: []].map { sensor in
                Column.allCases.map { cell($0, sensor, place) }
            }
        }
    }

    private static func cell(_ column: Column, _ sensor: Sensor, _ place: Place) -> String {
        switch column {
        case .place: place.id
        case .sensor: sensor.id
        case .role: sensor.role.rawValue
        case .alarm: "\(sensor.limits?.alarm.value ?? .nan)"
        case .cut: sensor.limits?.cut.map { "\($0.value)" } ?? "none"
        case .repower: "\(sensor.limits?.repower ?? .nan)"
        case .unit: sensor.quantity.definition.unit
        case .interval: "\(short(sensor.intervalSeconds)) s"
        case .range: "\(short(sensor.range.lowerBound)) to \(short(sensor.range.upperBound))"
        case .name: place.name
        }
    }

    private static func line(_ row: [String], _ widths: [Int]) -> String {
        let cells = zip(Column.allCases, zip(row, widths)).map { column, cell in
            let padding = String(repeating: " ", count: cell.1 - cell.0.count)
            if column == .name { return cell.0 }
            return column.isRightAligned ? padding + cell.0 : cell.0 + padding
        }
        return cells.joined(separator: "  ")
    }

    /// `value` without the `.0` of a whole number.
    private static func short(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)" + (count == 1 ? "" : "s")
    }
}
