import ArgumentParser
import SiteDescription

/// `firedamp check FILE`: is this site file right, and what does it say?
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check a site file and show what will be judged by it.",
        discussion: "Lists every problem with line and column and exits with 65 if there is one.")

    @Argument(help: "The site file.")
    var site: String?

    @Flag(help: "Print the JSON Schema of site files, for editors, in place of checking one.")
    var schema = false

    func validate() throws {
        guard (site == nil) == schema else { throw ValidationError("give one site file") }
    }

    func run() throws {
        guard let site else {
            print(SiteFile.schema(), terminator: "")
            return
        }
        print(SiteTable.render(try readSite(site)))
    }
}
