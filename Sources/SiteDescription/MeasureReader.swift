import GasModel

/// What a sensor measures and how, as far as it can be read.
struct Measure {
    var quantity: Quantity
    /// The name of the unit that it sends.
    var unit: String
    /// `nil` when unit or parameters are wrong: then nothing is known of its figures.
    var conversion: UnitConversion?
    var type: SensorType?
    /// In the quantity's own unit; where none is stated, what the type or the quantity can be.
    var range: Found<ClosedRange<Double>>?
    /// In the quantity's own unit.
    var resolution: Found<Double>?

    var isState: Bool { quantity.definition.states != nil }
    /// Whether the sensor sends another unit than the one that its limits are in.
    var isConverted: Bool { unit != quantity.definition.unit }
}

/// Reads quantity, unit and what the unit leaves open, type, range and resolution of a sensor.
struct MeasureReader {
    private static let unitNames = Quantity.allCases.flatMap { $0.definition.units.map(\.name) }
        .reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }

    let problems: ProblemList

    init(_ problems: ProblemList) { self.problems = problems }

    /// What `block` says of the measuring; `nil` when the quantity cannot be read.
    func measure(_ block: inout Block) -> Measure? {
        let quantity = block.optional(
            "quantity", Form<Quantity>.choice("quantity"), standard: .methane)
        let unit = block.optional("unit", .term("unit", among: Self.unitNames))
        var parameters: [MeasuringUnit.Parameter: Found<Double>] = [:]
        for parameter in MeasuringUnit.Parameter.allCases {
            parameters[parameter] = block.optional(
                parameter.rawValue, .number(within: parameter.allowed))
        }
        let type = block.optional("type", Form<SensorType>.choice("sensor type"))
        let range = block.optional("range", .range)
        let resolution = block.optional("resolution", .aboveZero)

        guard let quantity = quantity?.value else { return nil }
        var measure = Measure(
            quantity: quantity, unit: quantity.definition.unit, type: type?.value)
        if let type { refuseMisplaced(type, quantity) }
        if unit != nil || !block.states("unit"),
            let sent = sentUnit(unit, quantity),
            hasItsParameters(sent, unit?.position ?? block.position, parameters, block)
        {
            measure.unit = sent.name
            measure.conversion = sent.conversion(parameters.mapValues(\.value))
        }
        readScale(&measure, range, resolution, onAt: parameters[.onAt], block)
        return measure
    }

    private func sentUnit(_ unit: Found<String>?, _ quantity: Quantity) -> MeasuringUnit? {
        let units = quantity.definition.units
        guard let unit else { return units[0] }
        if let sent = units.first(where: { $0.name == unit.value }) { return sent }
        let names = units.map(\.name)
        let near = problems.suggestion(for: unit.value, among: names).map { "\($0) " } ?? ""
        problems.add(
            unit.position, "\(quantity.rawValue) is not measured in \(quoted(unit.value))",
            hint: "\(near)allowed: \(names.joined(separator: ", "))")
        return nil
    }

    /// Whether everything is stated that the unit leaves open, and nothing else.
    private func hasItsParameters(
        _ unit: MeasuringUnit, _ position: Position,
        _ stated: [MeasuringUnit.Parameter: Found<Double>], _ block: Block
    ) -> Bool {
        var isGood = true
        for parameter in MeasuringUnit.Parameter.allCases {
            let key = parameter.rawValue
            if !unit.parameters.contains(parameter) {
                guard let at = block.position(of: key) else { continue }
                problems.add(
                    at, "the unit \(quoted(unit.name)) takes no \(quoted(key))",
                    hint: "leave it out")
            } else if let value = stated[parameter] {
                guard !parameter.allowed.contains(value.value) else { continue }
                problems.add(
                    value.position, "\(key) \(value.value) is out of bounds",
                    hint: "allowed: \(parameter.bounds)")
            } else if !block.states(key) {
                problems.add(
                    position,
                    "the unit \(quoted(unit.name)) of \(block.title) needs the key \(quoted(key))",
                    hint: parameter.meaning)
            }
            isGood = false
        }
        return isGood
    }

    private func refuseMisplaced(_ type: Found<SensorType>, _ quantity: Quantity) {
        let isState = quantity.definition.states != nil
        let fits =
            switch type.value {
            case .contact: isState
            case .catalytic, .highLow: quantity == .methane
            case .laser, .infrared, .electrochemical: !isState
            case .other: true
            }
        guard !fits else { return }
        problems.add(
            type.position, "a sensor of type \(type.value.rawValue) tells no \(quantity.rawValue)")
    }
}

extension MeasuringUnit.Parameter {
    fileprivate var bounds: String {
        let text = "\(allowed.lowerBound) to \(allowed.upperBound)"
        return switch self {
        case .explosiveLimit: text + " %CH4"
        case .temperature: text + " °C"
        case .pressure: text + " kPa"
        case .onAt: text
        }
    }

    fileprivate var meaning: String {
        switch self {
        case .explosiveLimit: "the concentration that 100 %LEL stands for, \(bounds)"
        case .temperature, .pressure:
            "the \(rawValue) that the mass concentration is stated at, \(bounds)"
        case .onAt: "the value from which on the state counts as 1"
        }
    }
}
