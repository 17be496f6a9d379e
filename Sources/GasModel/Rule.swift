/// The conditions that detectors watch for; the raw value is part of an advisory's identifier.
package enum Rule: String, Sendable, CaseIterable {
    // MARK: What is measured, by the threshold detector

    /// The alarm limit is reached.
    case alarm
    /// The cut limit is reached.
    case cut
    /// The value goes to and fro over a limit: a state with a count instead of a flood of lines.
    case chatter

    // MARK: What is not, by the threshold detector

    /// Messages arrive that hold no usable number.
    case fault
    /// Messages of a sensor do not arrive at all.
    case silence
    /// A gateway is gone, and with it all its sensors.
    case gateway
    /// The broker is out of reach, so every sensor is.
    case link
    /// A sensor or a gateway is lost and back over and over: a state with a count, too.
    case flapping

    // MARK: Where it leads to, by the trend detector

    /// The value rises towards the limit within minutes.
    case trend
    /// The value rises towards the limit within hours.
    case slowRise = "slow-rise"
    /// The cut limit may be reached sooner than everybody can be withdrawn.
    case withdrawal

    // MARK: Whether the evidence can be trusted, by the integrity detector

    /// The head seems to be covered: it no longer moves while its neighbours do.
    case covered
    /// The sensor seems to hang in fresh air.
    case freshAir = "fresh-air"
    /// The head seems to be blown at with compressed air.
    case compressedAir = "compressed-air"
    /// The values crowd just below a limit, or have shrunk against the neighbours.
    case lowGain = "low-gain"
    /// The zero point wanders, or values are negative.
    case drift
    /// Calibration is announced, and nothing that was seen looks like one.
    case calibrationCloak = "calibration-cloak"
    /// The sensor falls silent again and again just when its value is high or rises.
    case timelyGap = "timely-gap"
    /// A stretch of readings repeats an earlier one, figure by figure.
    case repeatedWindow = "repeated-window"
    /// Two sensors show the same to the last figure.
    case copied
    /// Readings come with times that lie behind what was received before.
    case backdated = "back-dated"
    /// The value has not changed for longer than it ever stood still in this state.
    case stuck
    /// Two sensors of one face contradict each other.
    case contradiction

    // MARK: Whether what was ordered happens, by the control detector

    /// There is still power behind the switch after a cut was commanded or due.
    case powerOn = "power-on"
    /// A local fan stands still.
    case fanStopped = "fan-stopped"
    /// Too little air leaves a duct.
    case airShort = "air-short"
    /// Work goes on in a place that is over its limit or under a halt.
    case work
    /// A sensor should have been calibrated by now.
    case calibrationDue = "calibration-due"
    /// Of three sensors that cover one place, one disagrees with the two others.
    case disagreement
    /// A named person calibrates a sensor; its own halts are held back.
    case calibrating
    /// A calibration lasted longer than was announced or is allowed.
    case calibrationOverrun = "calibration-overrun"
    /// A calibration was begun, or goes on, while the neighbours measure gas.
    case calibrationInGas = "calibration-in-gas"
    /// All that guards a place is being calibrated at once, or not known beside it.
    case unguarded
    /// The gas must be drained, and no pump of the drainage runs.
    case drainageStopped = "drainage-stopped"
    /// A sensor that the law asks for is not there, and nobody has taken that upon himself.
    case uncovered
    /// A named person tries out who answers, and how soon: nothing is wrong.
    case drill
}

extension Rule {
    /// A detector with state, cursor and worker of its own.
    package enum Detector: String, Sendable, CaseIterable {
        /// Limits, silence and control: what must not wait.
        case threshold
        /// Where it leads to.
        case trend
        /// Whether it can be trusted.
        case integrity
    }

    /// The detector that watches for it.
    package var detector: Detector {
        switch self {
        case .alarm, .cut, .chatter, .fault, .silence, .gateway, .link, .flapping: .threshold
        case .powerOn, .fanStopped, .airShort, .work, .calibrationDue, .disagreement, .calibrating,
            .calibrationOverrun, .calibrationInGas, .unguarded, .drainageStopped, .uncovered,
            .drill:
            .threshold
        case .trend, .slowRise, .withdrawal: .trend
        case .covered, .freshAir, .compressedAir, .lowGain, .drift, .calibrationCloak, .timelyGap,
            .repeatedWindow, .copied, .backdated, .stuck, .contradiction:
            .integrity
        }
    }
}
