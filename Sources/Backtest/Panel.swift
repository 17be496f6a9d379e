internal import GasModel
internal import HaltAdvisory

/// The values of one quantity in one place, over time.
struct Panel {
    /// Dots of one panel; of more, one of each severity stands in so many pixels.
    private static let dotsMax = 400
    private static let dotPixels = 6.0
    /// Words of limits stand so far apart, or they would be one blot.
    private static let wordPixels = 11.0

    private let place: String
    private let quantity: Quantity
    /// Indexes in the site.
    private let sensors: [Int]
    private let bars: [AdvisoryBar]
    private let lanes: [(severity: Severity, colour: String)]

    var height: Double {
        Picture.plotHeight + 62 + Double(lanes.count) * (Picture.laneHeight + 3)
    }

    /// The panels of the site: those with advisories first, methane before the rest.
    static func all(_ result: BacktestResult, _ bars: [AdvisoryBar]) -> [Panel] {
        var panels: [Panel] = []
        let shown = result.site.sensors.indices.filter {
            result.tallies[$0].envelope?.buckets.isEmpty == false
        }
        let byPlace = Dictionary(grouping: shown) { result.site.sensors[$0].place }
        for place in result.site.places {
            for quantity in Quantity.allCases {
                let sensors = (byPlace[place.id] ?? []).filter {
                    result.site.sensors[$0].quantity == quantity
                }
                guard !sensors.isEmpty else { continue }
                panels.append(Panel(place.id, quantity, sensors, result, bars))
            }
        }
        return panels.enumerated().sorted { a, b in
            (a.element.rank, a.offset) < (b.element.rank, b.offset)
        }.map(\.element)
    }

    private init(
        _ place: String, _ quantity: Quantity, _ sensors: [Int], _ result: BacktestResult,
        _ bars: [AdvisoryBar]
    ) {
        self.place = place
        self.quantity = quantity
        self.sensors = sensors
        // Those that never spoke too: that they did not is what stands of them.
        let all = result.site.sensors.filter { $0.place == place && $0.quantity == quantity }
        let codes = Set(all.map(\.id))
        let isFirst = quantity == .methane
        let mine = bars.filter { bar in
            if bar.place == nil { return isFirst }
            return bar.place == place && (codes.contains(bar.subject) || bar.subject == place)
        }
        self.bars = mine
        lanes = Picture.lanes.filter { lane in mine.contains { $0.severity == lane.severity } }
    }

    private var rank: Int { (bars.isEmpty ? 2 : 0) + (quantity == .methane ? 0 : 1) }

    func draw(_ svg: inout SVGWriter, at top: Double, _ picture: Picture) {
        let result = picture.result
        let title = result.site.places.first { $0.id == place }.map { "\($0.id): \($0.name)" }
        svg.word(title ?? place, Picture.left, top + 14, size: 14, isBold: true)
        svg.word(
            "\(quantity.rawValue), \(quantity.definition.unit)",
            picture.axis.left
                + picture.axis.width, top + 14, "#546e7a", anchor: .end)
        let plot = top + 22
        let values = axis(result)
        func y(_ value: Double) -> Double {
            let share = (value - values.low) / (values.high - values.low)
            return plot + Picture.plotHeight * (1 - min(max(share, 0), 1))
        }
        bands(&svg, plot, picture.axis)
        grid(&svg, plot, values, y, picture.axis)
        limits(&svg, result, y, picture.axis)
        for (number, sensor) in sensors.enumerated() {
            let colour = Picture.sensorColours[number % Picture.sensorColours.count]
            svg.path(
                curve(result.tallies[sensor], y, picture.axis), colour, width: 1.3,
                tip: result.site.sensors[sensor].id)
            legend(&svg, number, sensor, colour, plot, picture)
        }
        dots(&svg, result, y, picture.axis)
        limitWords(&svg, result, y, picture.axis)
        svg.frame(picture.axis.left, plot, picture.axis.width, Picture.plotHeight)
        drawLanes(&svg, plot + Picture.plotHeight + 24, picture.axis)
    }

    private func axis(_ result: BacktestResult) -> ValueAxis {
        var values: [Double] = []
        for sensor in sensors {
            let tally = result.tallies[sensor]
            values += [tally.lowest, tally.highest]
            guard let limits = result.site.sensors[sensor].limits else { continue }
            values += [limits.alarm.value, limits.cut?.value ?? limits.alarm.value]
        }
        return ValueAxis(values.filter(\.isFinite))
    }

    private func grid(
        _ svg: inout SVGWriter, _ plot: Double, _ values: ValueAxis, _ y: (Double) -> Double,
        _ axis: TimeAxis
    ) {
        let right = axis.left + axis.width
        for value in values.marks {
            svg.line(axis.left, y(value), right, y(value), "#eceff1")
            svg.word(
                fixed(value, values.places), axis.left - 8, y(value) + 4, "#546e7a", size: 11,
                anchor: .end)
        }
        let bottom = plot + Picture.plotHeight
        for mark in axis.marks {
            svg.line(mark.x, plot, mark.x, bottom + 4, mark.isDay ? "#b0bec5" : "#eceff1")
            svg.word(
                mark.label, mark.x, bottom + 17, "#546e7a", size: 11, anchor: .middle,
                isBold: mark.isDay)
        }
    }

    /// A halt is seen through the whole plot; several at once as one, or they would hide it.
    private func bands(_ svg: inout SVGWriter, _ plot: Double, _ axis: TimeAxis) {
        var stretches: [(from: Double, to: Double)] = []
        for bar in bars where bar.isActive && bar.severity == .halt {
            let from = axis.x(bar.start)
            let to = max(axis.x(bar.end), from + 1)
            if let last = stretches.last, from <= last.to {
                stretches[stretches.count - 1].to = max(last.to, to)
            } else {
                stretches.append((from, to))
            }
        }
        for (from, to) in stretches {
            svg.box(from, plot, to - from, Picture.plotHeight, "#c62828", opacity: 0.13)
        }
    }

    private func limits(
        _ svg: inout SVGWriter, _ result: BacktestResult, _ y: (Double) -> Double,
        _ axis: TimeAxis
    ) {
        // The alarm over the cut: where both are one, its dashes show both.
        for cut in limitValues(result, \.cut) {
            svg.line(axis.left, y(cut), axis.left + axis.width, y(cut), "#c62828", width: 1.3)
        }
        for alarm in limitValues(result, \.alarm) {
            svg.line(
                axis.left, y(alarm), axis.left + axis.width, y(alarm), "#ef6c00", width: 1.3,
                dash: "6 4")
        }
    }

    /// Over the values, or they would hide them.
    private func limitWords(
        _ svg: inout SVGWriter, _ result: BacktestResult, _ y: (Double) -> Double,
        _ axis: TimeAxis
    ) {
        func apart(_ values: [Double]) -> [Double] {
            var apart: [Double] = []
            for value in values
            where apart.last.map({ y($0) - y(value) >= Self.wordPixels }) != false {
                apart.append(value)
            }
            return apart
        }
        for cut in apart(limitValues(result, \.cut)) {
            svg.word(
                "cut \(fixed(cut, 2))", axis.left + axis.width - 4, y(cut) - 4, "#c62828",
                size: 10, anchor: .end, hasHalo: true)
        }
        for alarm in apart(limitValues(result, \.alarm)) {
            svg.word(
                "alarm \(fixed(alarm, 2))", axis.left + 4, y(alarm) - 4, "#d84315", size: 10,
                hasHalo: true)
        }
    }

    private func limitValues(
        _ result: BacktestResult, _ limit: (GasLimits) -> Limit?
    ) -> [Double] {
        let values = sensors.compactMap { result.site.sensors[$0].limits.flatMap(limit)?.value }
        return Set(values).sorted()
    }

    /// Where an advisory was raised, came back or grew graver, at the value that did it.
    private func dots(
        _ svg: inout SVGWriter, _ result: BacktestResult, _ y: (Double) -> Double,
        _ axis: TimeAxis
    ) {
        let codes = Set(sensors.map { result.site.sensors[$0].id })
        let lines = result.told.filter {
            codes.contains($0.subject) && [.raised, .back, .worse].contains($0.transition)
        }
        var newest: [Severity: Double] = [:]
        for line in lines {
            guard let value = line.value,
                let lane = Picture.lanes.first(where: { $0.severity == line.severity })
            else { continue }
            let x = axis.x(line.at)
            let isFar = newest[line.severity].map { x - $0 >= Self.dotPixels } != false
            guard lines.count <= Self.dotsMax || isFar else { continue }
            newest[line.severity] = x
            let tip =
                "#\(line.number) \(line.severity.rawValue) \(line.transition.rawValue) "
                + "\(line.subject) \(hundredths(value))"
            svg.dot(x, y(value), lane.colour, radius: lines.count > 40 ? 2.5 : 4, tip: tip)
        }
    }

    private func legend(
        _ svg: inout SVGWriter, _ number: Int, _ sensor: Int, _ colour: String, _ plot: Double,
        _ picture: Picture
    ) {
        let rowsMax = 6
        let x = picture.axis.left + picture.axis.width + 14
        let y = plot + 10 + Double(number) * 33
        if number == rowsMax - 1, sensors.count > rowsMax {
            svg.word("and \(sensors.count - number) more sensors", x, y + 4, "#607d8b", size: 11)
        }
        guard number < rowsMax - 1 || sensors.count <= rowsMax else { return }
        let (known, tally) = (picture.result.site.sensors[sensor], picture.result.tallies[sensor])
        svg.line(x, y, x + 18, y, colour, width: 3)
        svg.word(known.id, x + 24, y + 4, isBold: true)
        svg.word(
            "\(fixed(tally.lowest, 2)) to \(fixed(tally.highest, 2))"
                + (known.limits.map { ", cut \(shown($0.cut?.value, 2))" } ?? ""), x + 24, y + 17,
            "#546e7a", size: 11)
    }

    private func drawLanes(_ svg: inout SVGWriter, _ top: Double, _ axis: TimeAxis) {
        for (number, lane) in lanes.enumerated() {
            let y = top + Double(number) * (Picture.laneHeight + 3)
            svg.box(axis.left, y, axis.width, Picture.laneHeight, "#f5f7f8")
            svg.word(
                lane.severity.rawValue, axis.left - 8, y + 10, lane.colour, size: 10, anchor: .end,
                isBold: true)
            for bar in bars where bar.severity == lane.severity {
                let (right, to) = (axis.left + axis.width, axis.x(bar.end))
                let from = min(axis.x(bar.start), right - 2)
                svg.box(
                    from, bar.isActive ? y : y + Picture.laneHeight / 2 - 1.5, max(to - from, 2),
                    bar.isActive ? Picture.laneHeight : 3, lane.colour,
                    opacity: bar.isActive ? 0.9 : 0.55, tip: bar.tip)
            }
        }
    }

    /// Lowest and highest value of each column, joined; broken where the record has a gap.
    private func curve(
        _ tally: SensorTally, _ y: (Double) -> Double, _ axis: TimeAxis
    ) -> String {
        guard let envelope = tally.envelope else { return "" }
        var steps = ""
        var column = Column()
        for (index, bucket) in envelope.buckets.enumerated() where !bucket.isEmpty {
            let time = envelope.start.advanced(
                byNanoseconds: Int64(index) * envelope.widthNanoseconds)
            let x = (axis.x(time) * 2).rounded() / 2
            if x != column.x || bucket.isAfterGap {
                column.write(to: &steps, y)
                column = Column(x: x, bucket)
            } else {
                column.low = min(column.low, Double(bucket.low))
                column.high = max(column.high, Double(bucket.high))
            }
        }
        column.write(to: &steps, y)
        return steps
    }

    /// What falls on one half of a pixel.
    private struct Column {
        var x = -1.0
        var low = 0.0
        var high = 0.0
        private var isAfterGap = true

        init() {}

        init(x: Double, _ bucket: ValueEnvelope.Bucket) {
            self.x = x
            (low, high) = (Double(bucket.low), Double(bucket.high))
            isAfterGap = bucket.isAfterGap
        }

        func write(to steps: inout String, _ y: (Double) -> Double) {
            guard x >= 0 else { return }
            let at = SVGWriter.figure(x)
            let (bottom, top) = (SVGWriter.figure(y(low)), SVGWriter.figure(y(high)))
            steps += "\(isAfterGap ? "M" : "L")\(at) \(bottom)"
            // A reading that stands alone is a point.
            if top != bottom || isAfterGap { steps += "L\(at) \(top)" }
        }
    }
}
