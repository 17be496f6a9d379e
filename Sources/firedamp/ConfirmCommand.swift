import ArgumentParser
import GasModel
import HaltAdvisory

/// `firedamp confirm ID --power-off --people-out --work-stopped`: it was seen to be done. The act
/// is called `verify` in the book; on the command line that word belongs to the journal.
struct ConfirmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm", abstract: "Say what was seen to be done after a halt.",
        discussion: """
            What was seen may be said at once or one by one, by one person or several.

            \(orderExitCodes)
            """)

    @Argument(
        help: "The advisory, or any part of its identifier that fits only one.",
        completion: ControlCompletion.openIDs)
    var id: String

    @Argument(help: "What else is to be said of it.")
    var text = ""

    @Flag(help: "The power was seen off at the feed.")
    var powerOff = false

    @Flag(help: "Nobody is left in the place but those who treat the cause.")
    var peopleOut = false

    @Flag(help: "No work goes on.")
    var workStopped = false

    @OptionGroup var order: OrderArguments

    private var checks: [Check] {
        let said: [(Check, Bool)] = [
            (.powerOff, powerOff), (.peopleOut, peopleOut), (.workStopped, workStopped),
        ]
        return said.filter(\.1).map(\.0)
    }

    func validate() throws {
        guard !checks.isEmpty else {
            throw ValidationError("say what was seen: --power-off, --people-out, --work-stopped")
        }
    }

    func run() throws {
        try order.carryOut(OperatorOrder(.verify, of: id, text: text, checks: checks))
    }
}
