import ArgumentParser
import GasModel
import HaltAdvisory

/// `firedamp note [ID] TEXT`: a remark on the record.
struct NoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Put a remark on the record, of the mine or of an advisory.",
        usage: "firedamp note [ID] TEXT [--by NAME]", discussion: orderExitCodes)

    @Argument(
        help: "The advisory, where it is on one, and the remark.",
        completion: ControlCompletion.openIDs)
    var words: [String]

    @OptionGroup var order: OrderArguments

    func validate() throws {
        guard (1...2).contains(words.count) else {
            throw ValidationError("note takes a remark in quotes, and an advisory before it")
        }
    }

    func run() throws {
        try order.carryOut(
            OperatorOrder(.note, of: words.count == 2 ? words[0] : nil, text: words.last ?? ""))
    }
}
