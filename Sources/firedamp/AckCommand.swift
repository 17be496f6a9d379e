import ArgumentParser
import GasModel
import HaltAdvisory

/// What every command by which a person acts says of its exit codes.
let orderExitCodes = """
    Exit codes: 0 done, and in the journal; 64 wrong arguments; 65 refused as it stands, each \
    reason on a line of standard error; 66 no such advisory or place, or more than one; 69 no \
    daemon runs; 75 no answer in time, or the journal cannot be written; 77 not allowed.
    """

/// `firedamp ack ID --ordered TEXT`: somebody knows of it and has given orders.
struct AckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Acknowledge an advisory, with what was ordered.",
        discussion: orderExitCodes)

    @Argument(
        help: "The advisory, or any part of its identifier that fits only one.",
        completion: ControlCompletion.openIDs)
    var id: String

    @Option(help: "What was ordered.")
    var ordered: String

    @OptionGroup var order: OrderArguments

    func run() throws {
        try order.carryOut(OperatorOrder(.acknowledge, of: id, text: ordered))
    }
}
