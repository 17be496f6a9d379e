import GasModel

/// Reads what a site asks beyond the grounds for a halt of its law: shorter times, never longer.
struct GroundReader {
    /// Longest and shortest time of each key of `timing`, and what holds without it. Seconds.
    private enum Bounds {
        static let escalate = 10.0...HaltTiming().escalateSeconds
        static let remind = 30.0...HaltTiming().remindSeconds
        static let hold = HaltTiming().holdSeconds...3600.0
    }

    /// No ground allows more in any law; what each of them does is held against it.
    private static let minutesMax = 24 * 60

    private let problems: ProblemList
    private let known: [HaltGround]

    init(_ problems: ProblemList, under source: LimitSource) {
        self.problems = problems
        var table: LimitTable?
        if case .table(let found) = source { table = found }
        known = HaltGrounds.grounds(under: table)
    }

    /// The grounds of the law, with the times that `items` shorten.
    func grounds(_ items: [Item]) -> [HaltGround] {
        var grounds = known
        var seen: Set<String> = []
        let timed = known.filter { $0.allowedSeconds > 0 }.map(\.id)
        for (number, item) in items.enumerated() {
            guard var block = Block(item, of: "ground", number: number + 1, problems: problems)
            else { continue }
            let id = block.required("id", .word("ground", among: timed))
            let allowed = block.optional("allowed", .time(minutesMax: Self.minutesMax))
            let rising = block.optional("allowed-rising", .time(minutesMax: Self.minutesMax))
            block.refuseUnknownKeys()
            guard let id, let index = grounds.firstIndex(where: { $0.id == id.value }) else {
                continue
            }
            guard seen.insert(id.value).inserted else {
                problems.add(id.position, "the ground \(quoted(id.value)) is named twice")
                continue
            }
            let law = grounds[index]
            refuseLonger(allowed, "allowed", than: law.allowedSeconds, law)
            refuseLonger(rising, "allowed-rising", than: law.allowedRisingSeconds, law)
            let seconds = allowed?.value ?? law.allowedSeconds
            grounds[index].allowedSeconds = seconds
            grounds[index].allowedRisingSeconds = min(
                rising?.value ?? law.allowedRisingSeconds, seconds)
        }
        return grounds
    }

    private func refuseLonger(
        _ time: Found<Double>?, _ key: String, than seconds: Double, _ ground: HaltGround
    ) {
        guard let time, time.value > seconds else { return }
        problems.add(
            time.position,
            "\(key) of the ground \(quoted(ground.id)) is longer than what holds without it",
            hint: "allowed: at most \(text(seconds))")
    }

    /// How halts are answered and ended in time.
    func timing(_ file: inout Block) -> HaltTiming {
        var timing = HaltTiming()
        guard var block = file.block("timing", title: "the timing", isRequired: false) else {
            return timing
        }
        let escalate = block.optional("escalate", .interval)
        let remind = block.optional("remind", .interval)
        let hold = block.optional("hold", .interval)
        block.refuseUnknownKeys()
        timing.escalateSeconds =
            checked(escalate, "escalate", Bounds.escalate) ?? timing.escalateSeconds
        timing.remindSeconds = checked(remind, "remind", Bounds.remind) ?? timing.remindSeconds
        timing.holdSeconds = checked(hold, "hold", Bounds.hold) ?? timing.holdSeconds
        return timing
    }

    private func checked(
        _ time: Found<Double>?, _ key: String, _ bounds: ClosedRange<Double>
    ) -> Double? {
        guard let time else { return nil }
        if bounds.contains(time.value) { return time.value }
        problems.add(
            time.position, "\(key) of the timing is out of bounds",
            hint: "allowed: \(text(bounds.lowerBound)) to \(text(bounds.upperBound)); a site may "
                + "only be stricter")
        return nil
    }

    private func text(_ seconds: Double) -> String {
        Int(exactly: seconds).map { "\($0)s" } ?? "\(seconds)s"
    }
}

/// What a site says of a duty that it may have or not.
enum Demand: String, CaseIterable {
    case required, none
}
