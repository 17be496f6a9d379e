internal import GasModel

/// A gateway or a sensor that is lost and back over and over: a state with a count, as `Chatter` of
/// a limit is.
///
/// While it lasts, a loss is told only once it has lasted for as long as `Patience` has it, and
/// dated back: what goes by sooner is counted; what does not halts when it would have anyway.
/// 65 bytes.
struct Flapping: Sendable, Equatable {
    /// For how long a loss may be held back, in nanoseconds: never for longer than the site allows
    /// it to stand before it is a halt.
    struct Patience: Sendable {
        var usual: Int64
        /// Where gas was high or rising when sight of it was lost.
        var inGas: Int64

        init(_ site: Site) {
            let grounds = site.grounds.filter {
                $0.rules.contains(.silence) || $0.rules.contains(.gateway)
            }
            let most = ThresholdDetector.heldSecondsMax
            usual = Int64(grounds.map(\.allowedSeconds).reduce(most, min) * 1e9)
            inGas = Int64(grounds.map(\.allowedRisingSeconds).reduce(most, min) * 1e9)
        }
    }

    private var beginnings = Beginnings()
    private var chatter = Chatter()
    /// Since when it is lost without having been told, on the clock that nobody can set; `.max`
    /// when nothing is held back.
    private var heldSince = Int64.max
    /// Whether it is told that gas was high or rising at a loss since it began.
    private var isInGas = false

    var isOn: Bool { chatter.isOn }
    /// Whether a loss is held back; only then what it would tell is worth putting together.
    var isHolding: Bool { heldSince < .max }

    /// It is lost, as `loss` tells: for the fourth time in ten minutes it is flapping.
    mutating func lose(_ loss: Finding, by record: Reading, into findings: inout [Finding]) {
        chatter.calmSince = record.arrivalTime
        let isMany = beginnings.note(record.arrivalTime)
        guard chatter.isOn || isMany else { return findings.append(loss) }
        heldSince = record.arrivalUptime
        if !chatter.isOn {
            chatter.isOn = true
            chatter.count = ThresholdDetector.chatterBeginnings
            chatter.began = record.arrivalTime
            isInGas = loss.isLossInGas
            tell(.began, loss, counted: "times lost in 10 min", by: record, into: &findings)
            return
        }
        chatter.count += 1
        // An operator must not wait for that until the loss is no longer held back.
        guard loss.isLossInGas, !isInGas else { return }
        isInGas = true
        tell(.worsened, loss, counted: "times lost", by: record, into: &findings)
    }

    private func tell(
        _ change: Finding.Change, _ loss: Finding, counted name: String, by record: Reading,
        into findings: inout [Finding]
    ) {
        findings.append(
            Finding(
                .flapping, change, by: record, of: loss.subject,
                evidence: [.init(name, Double(chatter.count))] + loss.evidence))
    }

    /// It is back, as `gain` tells; not where its loss was not told.
    mutating func regain(_ gain: Finding, by record: Reading, into findings: inout [Finding]) {
        chatter.calmSince = record.arrivalTime
        if !isHolding { findings.append(gain) }
        heldSince = .max
    }

    /// Tells a loss that is held back, as `loss` does, once it has lasted for too long for that.
    mutating func tellHeld(
        _ loss: Finding, after patience: Patience, at tick: Reading,
        into findings: inout [Finding]
    ) {
        guard isHolding else { return }
        var loss = loss
        loss.heldNanoseconds = tick.arrivalUptime &- heldSince
        guard loss.heldNanoseconds >= (loss.isLossInGas ? patience.inGas : patience.usual) else {
            return
        }
        heldSince = .max
        findings.append(loss)
    }

    /// Ends the flapping of `subject` when it was seen for long enough without a loss. `isSeen`:
    /// whether it is, at this tick; what nobody sees does not rest.
    mutating func judgeRest(
        of subject: Finding.Subject, isSeen: Bool, at tick: Reading, into findings: inout [Finding]
    ) {
        guard chatter.isOn else { return }
        // A civil clock that is put back must not make it stand for longer.
        chatter.calmSince =
            isSeen ? min(chatter.calmSince, tick.arrivalTime) : tick.arrivalTime
        guard tick.arrivalTime.seconds(since: chatter.calmSince) >= ThresholdDetector.calmSeconds
        else { return }
        chatter.isOn = false
        beginnings = Beginnings()
        findings.append(
            Finding(
                .flapping, .ended, by: tick, of: subject,
                evidence: [
                    .init("times lost", Double(chatter.count)),
                    .init("in", tick.arrivalTime.seconds(since: chatter.began), "s"),
                ]))
    }

    // MARK: Over a restart

    mutating func restore(isActive: Bool, at time: Timestamp) {
        chatter.isOn = isActive
        (chatter.began, chatter.calmSince) = (time, time)
    }

    /// The machine was started anew, and counts its uptime from there: `step` less than before.
    mutating func machineStarted(step: Int64) {
        if isHolding { heldSince &-= step }
    }

    func save(to state: inout StateWriter) {
        beginnings.save(to: &state)
        chatter.save(to: &state)
        state.write(heldSince)
        state.write(isInGas)
    }

    mutating func load(from state: inout StateReader) throws(StateError) {
        try beginnings.load(from: &state)
        try chatter.load(from: &state)
        heldSince = try state.read()
        isInGas = try state.read()
    }
}
