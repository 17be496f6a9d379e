import ArgumentParser
import GasModel
import HaltAdvisory

/// `firedamp unshelve ID`: what was put aside is back before its time.
struct UnshelveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unshelve", abstract: "Take back what was put aside.",
        discussion: orderExitCodes)

    @Argument(
        help: "The advisory, or any part of its identifier that fits only one.",
        completion: ControlCompletion.openIDs)
    var id: String

    @Option(help: "Why.")
    var reason = "before its time"

    @OptionGroup var order: OrderArguments

    func run() throws {
        try order.carryOut(OperatorOrder(.shelve, of: id, text: reason, minutes: 0))
    }
}
