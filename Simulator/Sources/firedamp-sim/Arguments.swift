import ArgumentParser
import MQTTSession
import TraceReplay

extension BrokerAddress: ExpressibleByArgument {}

extension MQTTSessionOptions.Version: ExpressibleByArgument {}

extension ReplaySchedule.Stamps: ExpressibleByArgument {}

extension ReplaySchedule.Speed: ExpressibleByArgument {
    /// See `ReplaySchedule.Speed.init(_:)`.
    package init?(argument: String) { self.init(argument) }

    /// The speed as it is written on the command line.
    package var defaultValueDescription: String {
        switch self {
        case .max: "max"
        case .times(let factor): factor == factor.rounded() ? "\(Int(factor))" : "\(factor)"
        }
    }
}

/// `FROM=TO`: another code for a sensor of the trace.
struct Renaming: ExpressibleByArgument {
    let from: String
    let to: String

    init?(argument: String) {
        let parts = argument.split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, SensorSelection.canBeSent(String(parts[1]))
        else { return nil }
        from = String(parts[0])
        to = String(parts[1])
    }
}

/// When the progress is shown.
enum ProgressDisplay: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
}
