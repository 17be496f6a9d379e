import ArgumentParser
import GasModel
import HaltAdvisory

/// `firedamp release ID --reason TEXT`: a named person ends a halt.
struct ReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "End a halt, as a person whom the site lets do so.",
        discussion: """
            Refused with everything that is still missing: `firedamp show ID` says the same. \
            A release is not permission to produce.

            \(orderExitCodes)
            """)

    @Argument(
        help: "The halt, or any part of its identifier that fits only one.",
        completion: ControlCompletion.openIDs)
    var id: String

    @Option(help: "Why it may end: what the cause was and how it was treated.")
    var reason: String

    @Flag(
        help: ArgumentHelp(
            "The cause was not inadequate gas control.",
            discussion: "It then does not count for the cumulative halts of the province."))
    var otherCause = false

    @OptionGroup var order: OrderArguments

    func run() throws {
        try order.carryOut(
            OperatorOrder(
                .release, of: id, text: reason, hadOtherCause: otherCause ? true : nil))
    }
}
