import GasModel

extension MeasureReader {
    /// Range and resolution, in the quantity's own unit, checked against what the quantity can be
    /// and what the type of sensor measures.
    func readScale(
        _ measure: inout Measure, _ range: Found<ClosedRange<Double>>?,
        _ resolution: Found<Double>?, onAt: Found<Double>?, _ block: Block
    ) {
        guard let conversion = measure.conversion else { return }
        if measure.isState {
            readStateScale(&measure, range, onAt, block)
            return
        }
        let possible = measure.quantity.definition.possible
        let ofType = measure.quantity == .methane ? measure.type?.methaneRange : nil
        if let range {
            let own = conversion(range.value.lowerBound)...conversion(range.value.upperBound)
            if refuse(own, at: range.position, measure, within: possible, ofType: ofType) { return }
            measure.range = Found(value: own, position: range.position)
        } else if !block.states("range") {
            measure.range = Found(value: ofType ?? possible, position: block.position)
        }
        if let resolution { readResolution(&measure, resolution, range?.value, conversion) }
    }

    private func refuse(
        _ own: ClosedRange<Double>, at position: Position, _ measure: Measure,
        within possible: ClosedRange<Double>, ofType: ClosedRange<Double>?
    ) -> Bool {
        let unit = measure.quantity.definition.unit
        let converted =
            measure.isConverted ? ", [\(own.lowerBound), \(own.upperBound)] in \(unit)," : ""
        func isWithin(_ outer: ClosedRange<Double>) -> Bool {
            outer.contains(own.lowerBound) && outer.contains(own.upperBound)
        }
        func refuse(_ what: String, _ outer: ClosedRange<Double>) {
            let suffix = measure.isConverted ? " \(unit)" : ""
            problems.add(
                position, "the range\(converted) goes beyond what \(what)",
                hint: "allowed: within [\(outer.lowerBound), \(outer.upperBound)]\(suffix)")
        }
        if !isWithin(possible) {
            refuse("\(unit) can be", possible)
            return true
        }
        if let ofType, let type = measure.type, !isWithin(ofType) {
            refuse("a sensor of type \(type.rawValue) measures", ofType)
            return true
        }
        return false
    }

    private func readResolution(
        _ measure: inout Measure, _ resolution: Found<Double>,
        _ range: ClosedRange<Double>?, _ conversion: UnitConversion
    ) {
        guard resolution.value > 0 else {
            problems.add(
                resolution.position, "resolution \(resolution.value) is not above zero")
            return
        }
        // A difference between two values: the offset of the conversion cancels out.
        let own = resolution.value * conversion.factor / conversion.divisor
        if let whole = measure.range?.value, own > whole.upperBound - whole.lowerBound {
            let shown =
                range.map { "[\($0.lowerBound), \($0.upperBound)]" }
                ?? "[\(whole.lowerBound), \(whole.upperBound)] \(measure.quantity.definition.unit)"
            problems.add(
                resolution.position,
                "resolution \(resolution.value) is larger than the range \(shown)")
            return
        }
        measure.resolution = Found(value: own, position: resolution.position)
    }

    /// A state is 0 or 1 whatever it is made from; what it is made from must reach both sides.
    private func readStateScale(
        _ measure: inout Measure, _ range: Found<ClosedRange<Double>>?, _ onAt: Found<Double>?,
        _ block: Block
    ) {
        let possible = measure.quantity.definition.possible
        measure.range = Found(value: possible, position: block.position)
        if let at = block.position(of: "resolution") {
            problems.add(
                at, "\(measure.quantity.rawValue) is a state and takes no \"resolution\"",
                hint: "leave it out")
        }
        if let range, let onAt {
            guard range.value.lowerBound < onAt.value, onAt.value <= range.value.upperBound else {
                let shown = "[\(range.value.lowerBound), \(range.value.upperBound)]"
                problems.add(
                    onAt.position, "on-at \(onAt.value) lies outside the range \(shown)",
                    hint: "the state could never change")
                return
            }
        } else if let at = block.position(of: "range"), onAt == nil {
            problems.add(
                at, "the unit \"state\" takes no \"range\"", hint: "it is 0 or 1")
        }
    }
}
