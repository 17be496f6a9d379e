import ArgumentParser
import SiteDescription

/// `firedamp check FILE`: is this site file right, and what does it say?
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check a site file and show what will be judged by it.",
        discussion: "Lists every problem with line and column and exits with 65 if there is one.")

    @Argument(help: "The site file.")
    var site: String

    func run() throws {
        print(SiteTable.render(try readSite(site)))
    }
}
