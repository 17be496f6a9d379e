import ArgumentParser
import GasModel
import HaltAdvisory

/// `firedamp shelve ID --minutes N --reason TEXT`: a warning or a fault is put aside for a time.
struct ShelveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shelve", abstract: "Put a warning or a fault aside for a limited time.",
        discussion: """
            Halts and alarms cannot be put aside. What becomes a halt, or grows graver, is back at \
            once.

            \(orderExitCodes)
            """)

    @Argument(
        help: "The advisory, or any part of its identifier that fits only one.",
        completion: ControlCompletion.openIDs)
    var id: String

    @Option(help: "For how many minutes, at most \(Int(AdvisoryBook.shelveMinutesMax)).")
    var minutes: Double

    @Option(help: "Why.")
    var reason: String

    @OptionGroup var order: OrderArguments

    func validate() throws {
        guard minutes > 0, minutes <= AdvisoryBook.shelveMinutesMax else {
            throw ValidationError(
                "--minutes takes more than 0, at most \(Int(AdvisoryBook.shelveMinutesMax))")
        }
    }

    func run() throws {
        try order.carryOut(OperatorOrder(.shelve, of: id, text: reason, minutes: minutes))
    }
}
