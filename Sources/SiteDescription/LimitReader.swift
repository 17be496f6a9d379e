import GasModel

/// Reads the limits of one sensor and checks them, against each other and against its range.
struct LimitReader {
    private let problems: ProblemList

    init(_ problems: ProblemList) { self.problems = problems }

    /// The limits in `block`; every flaw is reported. `range` is the sensor's, where it is known.
    func limits(_ block: Block, range: ClosedRange<Double>?) -> GasLimits? {
        var block = block
        let alarm = block.required("alarm", .number)
        let cut = block.required("cut", .numberOrNone)
        let repower = block.required("repower", .number)
        block.refuseUnknownKeys()

        if let range {
            refuseUnreachable(alarm, "alarm", range)
            refuseUnreachable(cut?.flattened, "cut", range)
            refuseUnreachable(repower, "repower", range)
            refuseEndless(repower, range)
        }
        guard let alarm, let cut, let repower else { return nil }
        return checked(alarm, cut, repower, of: block.title)
    }

    /// The three as limits. `GasLimits` names one flaw at a time, so a flawed figure is replaced by
    /// one that fits all others, until no flaw is left that was not reported.
    private func checked(
        _ alarm: Found<Double>, _ cut: Found<Double?>, _ repower: Found<Double>, of title: String
    ) -> GasLimits? {
        var (alarmNow, cutNow, repowerNow) = (alarm.value, cut.value, repower.value)
        let cutText = "cut " + (cut.value.map { "\($0)" } ?? "none")
        var isFlawed = false
        while true {
            do throws(GasLimits.Flaw) {
                let limits = try GasLimits(alarm: alarmNow, cut: cutNow, repower: repowerNow)
                return isFlawed ? nil : limits
            } catch {
                isFlawed = true
                switch error {
                case .notPositive("alarm", let value):
                    report(alarm.position, "alarm \(value) is not above zero", title)
                    alarmNow = .leastNonzeroMagnitude
                case .notPositive("repower", let value):
                    report(repower.position, "repower \(value) is not above zero", title)
                    repowerNow = .leastNonzeroMagnitude
                case .notPositive(_, let value):
                    report(cut.position, "cut \(value) is not above zero", title)
                    cutNow = nil
                case .alarmAboveCut:
                    report(alarm.position, "alarm \(alarm.value) is above \(cutText)", title)
                    alarmNow = .leastNonzeroMagnitude
                case .repowerAboveCut:
                    report(repower.position, "repower \(repower.value) is above \(cutText)", title)
                    repowerNow = .leastNonzeroMagnitude
                }
            }
        }
    }

    private func report(_ position: Position, _ flaw: String, _ title: String) {
        problems.add(position, "\(title): \(flaw)")
    }

    /// A limit that no value of the sensor can reach is as good as none, and looks like one.
    private func refuseUnreachable(
        _ limit: Found<Double>?, _ name: String, _ range: ClosedRange<Double>
    ) {
        guard let limit, limit.value > 0 else { return }
        if limit.value > range.upperBound {
            problems.add(
                limit.position, "\(name) \(limit.value) could never be reached",
                hint: "the range ends at \(range.upperBound)")
        } else if limit.value < range.lowerBound {
            problems.add(
                limit.position, "\(name) \(limit.value) lies outside the range",
                hint: "it begins at \(range.lowerBound)")
        }
    }

    /// Re-power is strictly below: at the lower end of the range nothing is.
    private func refuseEndless(_ repower: Found<Double>?, _ range: ClosedRange<Double>) {
        guard let repower, repower.value > 0, repower.value == range.lowerBound else { return }
        problems.add(
            repower.position, "no value could ever be below repower \(repower.value)",
            hint: "the range begins there")
    }
}

extension Found where Value == Double? {
    fileprivate var flattened: Found<Double>? {
        value.map { Found<Double>(value: $0, position: position) }
    }
}
