import ArgumentParser
import SiteDescription

/// `firedamp limits [--table NAME]`: what the law asks, as the program has it.
struct LimitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits", abstract: "Show the limit tables and policies that are built in.",
        discussion: """
            Without a name it lists what there is; with one it shows every row with its legal \
            basis, and says of each whether it was read in the instrument. Exits with 64 when \
            there is no such table.
            """)

    @Option(help: "Name of a table or of a province's policy.")
    var table: String?

    @Option(help: "How it is written: text or json.")
    var format = OutputFormat.text

    /// How the tables are written.
    enum OutputFormat: String, ExpressibleByArgument {
        /// For people.
        case text
        /// For programs.
        case json
    }

    func run() throws {
        guard let table else {
            print(format == .json ? LimitListing.overviewJSON() : LimitListing.overview())
            return
        }
        let shown =
            format == .json
            ? LimitListing.json(table) : LimitListing.text(table, width: Terminal.columns)
        guard let shown else { throw ValidationError(LimitListing.unknown(table)) }
        print(shown)
    }
}
