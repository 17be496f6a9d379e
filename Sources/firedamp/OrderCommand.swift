import ArgumentParser
import GasModel
import HaltAdvisory

/// `firedamp order ID TEXT`: a further order.
struct OrderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order", abstract: "Put a further order on the record of an advisory.",
        discussion: orderExitCodes)

    @Argument(
        help: "The advisory, or any part of its identifier that fits only one.",
        completion: ControlCompletion.openIDs)
    var id: String

    @Argument(help: "What was ordered.")
    var text: String

    @OptionGroup var order: OrderArguments

    func run() throws { try order.carryOut(OperatorOrder(.acknowledge, of: id, text: text)) }
}
