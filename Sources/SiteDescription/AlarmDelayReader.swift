import GasModel

/// Reads how long the alarm of a sensor is held back. A cut is never: a key for that is refused,
/// with a word on why.
struct AlarmDelayReader {
    let problems: ProblemList

    init(_ problems: ProblemList) { self.problems = problems }

    /// What `block` says of a delay, and where; `nil` when it says nothing or cannot be read.
    func delay(_ block: inout Block) -> Found<AlarmDelay>? {
        for key in ["cut-delay", "halt-delay", "repower-delay"] { refuse(key, in: &block) }
        let title = { [block] in "alarm-delay of \(block.title)" }
        guard
            var inner = block.block("alarm-delay", title: title(), isRequired: false)
        else { return nil }
        for key in ["cut", "halt", "repower"] { refuse(key, in: &inner) }
        let on = inner.optional("on", .interval)
        let off = inner.optional("off", .interval)
        inner.refuseUnknownKeys()
        let isBounded = [
            isBounded(on, AlarmDelay.onSecondsMax), isBounded(off, AlarmDelay.offSecondsMax),
        ]
        if !inner.states("on"), !inner.states("off") {
            inner.refuseLack(of: "on", hint: "or \"off\", or both")
        }
        guard isBounded == [true, true] else { return nil }
        return Found(
            value: AlarmDelay(onSeconds: on?.value ?? 0, offSeconds: off?.value ?? 0),
            position: inner.position)
    }

    /// Refuses a delay where there is no alarm.
    func refuse(_ delay: Found<AlarmDelay>?, ofNoLimitsIn block: Block) {
        guard let delay else { return }
        problems.add(
            delay.position, "\(block.title) has no limits, so no alarm to delay",
            hint: "leave \"alarm-delay\" out")
    }

    private func refuse(_ key: String, in block: inout Block) {
        block.refuse(
            key, "a cut is never delayed",
            hint: "only the alarm can be; every single reading is held against the cut")
    }

    private func isBounded(_ time: Found<Double>?, _ secondsMax: Double) -> Bool {
        guard let time, time.value > secondsMax else { return true }
        problems.add(
            time.position, "a delay of \(time.value) s is out of bounds",
            hint: "allowed: at most \(Int(secondsMax)) s")
        return false
    }
}
