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
        case .fault, .silence, .gateway, .link, .flapping: .fault
        case .covered, .freshAir, .compressedAir, .lowGain, .drift, .calibrationCloak, .timelyGap,
            .repeatedWindow, .copied, .backdated, .stuck, .contradiction:
            .fault
        case .disagreement, .calibrationOverrun, .unguarded, .uncovered: .fault
        case .calibrating, .drill: .notice
        }
    }

    /// What is the matter with the subject, for the rules whose sentence needs nothing else; the
    /// evidence is put behind it. Doubt is told as doubt: nobody is accused.
    var matter: Phrase { Phrase("is-\(rawValue)") }

    /// What to do while it stands, in the imperative.
    var action: Phrase {
        switch self {
        case .cut: Phrase("do-stop")
        case .alarm: Phrase("do-find-cause")
        case .chatter: Phrase("do-until-calm")
        case .trend, .slowRise: Phrase("do-slow-down")
        case .fault: Phrase("do-inspect")
        case .silence, .flapping: Phrase("do-check-line")
        case .gateway: Phrase("do-check-gateway")
        case .link: Phrase("do-check-broker")
        case .covered, .freshAir, .compressedAir, .lowGain, .drift, .timelyGap, .repeatedWindow,
            .copied, .backdated, .stuck, .contradiction, .disagreement:
            Phrase("do-trust-higher")
        case .calibrationCloak: Phrase("do-ask-who")
        case .powerOn: Phrase("do-open-switch")
        case .fanStopped, .airShort: Phrase("do-restore-air")
        case .work: Phrase("do-order-stop")
        case .calibrationDue: Phrase("do-calibrate")
        case .calibrating: Phrase("do-watch-neighbours")
        case .calibrationOverrun: Phrase("do-end-calibration")
        case .calibrationInGas: Phrase("do-treat-gas")
        case .unguarded: Phrase("do-measure-by-hand")
        case .drainageStopped: Phrase("do-start-pump")
        case .uncovered: Phrase("do-put-up")
        case .withdrawal: Phrase("do-withdraw-now")
        case .drill: Phrase("do-answer")
        }
    }
}
