import ArgumentParser
import GasModel
import HaltAdvisory

/// `firedamp drill`: who answers, and how soon, while nothing is wrong.
struct DrillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill", abstract: "Begin or end a drill.",
        subcommands: [Begin.self, End.self])

    /// `firedamp drill begin PLACE TEXT`.
    struct Begin: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begin a drill in a place.", discussion: orderExitCodes)

        @Argument(help: "Code of the place.", completion: ControlCompletion.places)
        var place: String

        @Argument(help: "What is tried out.")
        var text: String

        @OptionGroup var order: OrderArguments

        func run() throws { try order.carryOut(OperatorOrder(.drill, place: place, text: text)) }
    }

    /// `firedamp drill end ID`.
    struct End: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a drill.", discussion: orderExitCodes)

        @Argument(
            help: "The drill, or any part of its identifier that fits only one.",
            completion: ControlCompletion.openIDs)
        var id: String

        @Argument(help: "What came of it.")
        var text = "ended"

        @OptionGroup var order: OrderArguments

        func run() throws { try order.carryOut(OperatorOrder(.drill, of: id, text: text)) }
    }
}
