internal import GasModel

extension Rule {
    /// How urgent it is while it stands.
    var severity: Severity {
        switch self {
        case .cut: .halt
        case .alarm, .powerOn, .fanStopped, .airShort, .work, .calibrationInGas, .drainageStopped,
            .withdrawal:
            .alarm
        case .trend, .slowRise, .chatter, .calibrationDue: .warning
        case .fault, .silence, .gateway, .link: .fault
        case .covered, .freshAir, .compressedAir, .lowGain, .drift, .calibrationCloak, .timelyGap,
            .repeatedWindow, .copied, .backdated, .stuck, .contradiction:
            .fault
        case .disagreement, .calibrationOverrun, .uncovered: .fault
        case .calibrating, .drill: .notice
        }
    }

    /// What is the matter with the subject, for the rules whose sentence needs nothing else; the
    /// evidence is put behind it. Doubt is told as doubt: nobody is accused.
    var matter: String {
        switch self {
        case .chatter: "goes to and fro over its limit; the lines in between are held back"
        case .gateway: "is gone, and nothing of its sensors can be heard"
        case .slowRise: "rises slowly and steadily"
        case .covered: "hardly moves any more while its neighbours do, as a covered head would"
        case .freshAir: "shows less than its place in the air allows, as in fresh air"
        case .compressedAir: "fell to nothing faster than air is exchanged, as if blown at"
        case .lowGain: "shows less than it used to, or crowds below its limit: too small a gain?"
        case .drift: "has a zero point that wanders, or values below zero"
        case .calibrationCloak: "is said to be calibrated, and nothing looks like a calibration"
        case .timelyGap: "falls silent again and again just when its value is high"
        case .repeatedWindow: "repeats an earlier stretch of readings figure by figure"
        case .copied: "shows the same as another sensor to the last figure"
        case .backdated: "sends earlier readings once more, with other values than at first"
        case .stuck: "has not changed for longer than ever, although its air must have"
        case .contradiction: "contradicts another sensor of the same face"
        case .powerOn: "still has power although a cut was commanded or is due"
        case .fanStopped: "has no fan that is known to run"
        case .airShort: "delivers too little air"
        case .work: "goes on working although its gas is over the limit or it is halted"
        case .calibrationDue: "should have been calibrated by now"
        case .disagreement: "disagrees with the two others that cover the place"
        case .calibrating: "is being calibrated; its own halts are held back"
        case .calibrationOverrun: "has been in calibration for longer than was announced"
        case .calibrationInGas: "is being calibrated while there is gas around it"
        case .drainageStopped: "has no drainage pump that is known to run"
        case .uncovered: "lacks sensors that the law asks for, and nobody answers for it"
        case .drill: "is in a drill: nothing is wrong"
        case .alarm, .cut, .fault, .silence, .link, .trend, .withdrawal: ""
        }
    }

    /// What to do while it stands, in the imperative.
    var action: String {
        switch self {
        case .cut: "stop work, cut power, withdraw people, report to the dispatcher"
        case .alarm: "find the cause, ventilate, make ready to stop"
        case .chatter: "ventilate; treat it as over the limit until it is calm"
        case .trend, .slowRise: "slow down, check ventilation"
        case .fault: "inspect the sensor; watch the place with a portable meanwhile"
        case .silence: "check sensor, line and gateway; no data is not all clear"
        case .gateway: "check the gateway and its line; no data is not all clear"
        case .link: "check the broker and the network"
        case .covered, .freshAir, .compressedAir, .lowGain, .drift, .timelyGap, .repeatedWindow,
            .copied, .backdated, .stuck, .contradiction, .disagreement:
            "inspect the sensor on the spot with a portable; until then trust the higher"
        case .calibrationCloak: "inspect the sensor on the spot; ask who calibrates it"
        case .powerOn: "open the switch by hand, see that the power is off"
        case .fanStopped, .airShort: "cut power in the heading, withdraw people, restore the air"
        case .work: "order work to stop now, and see that it stopped"
        case .calibrationDue: "calibrate with span gas and air, in place"
        case .calibrating: "watch the neighbours meanwhile"
        case .calibrationOverrun: "end the calibration, or announce it anew"
        case .calibrationInGas: "stop the calibration, treat the gas first"
        case .drainageStopped: "start a pump; stop work until gas is drained again"
        case .uncovered: "put the sensors up, or have the gap accepted by name in the site file"
        case .withdrawal: "withdraw everybody now, ventilate"
        case .drill: "answer as if it were real; stop nothing"
        }
    }
}
