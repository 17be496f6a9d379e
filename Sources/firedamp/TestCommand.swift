import ArgumentParser
import SiteDescription

/// `firedamp test RULES...`: unit tests for a site.
struct TestCommand: ParsableCommand {
    /// What the outcome is written in.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Test a site file: what is measured, and what must be told of it.",
        discussion: """
            A file of tests names its site file, what each sensor sends (0.4+0.02x60 _x5 nan dup \
            late 30s), what else happens, and what must have been told, found or stand open at \
            times; Deploy/samples/rules/README.md has every key. The tests run in virtual time.

            Exit codes: 0 all checks hold; 1 some do not, each with file, line and column and \
            what was there instead; 65 a file of tests or its site file is wrong; 66 one is \
            missing or cannot be read; 73 the report cannot be written.
            """)

    @Argument(help: "The files of tests.")
    var rules: [String]

    @Option(help: "text, or json in the form firedamp-test/1.")
    var format = Format.text

    @Option(help: "Write the outcome as JUnit XML to this file too, for a CI system.")
    var junit: String?

    func validate() throws { try refuseOverwriting(rules) }

    func run() throws {
        if let junit { try WholeFile.refuse(junit) }
        let files = rules.map { TestedFile($0) }
        // Which site files are meant is known only now.
        try refuseOverwriting(files.compactMap(\.sitePath))
        if let junit { try WholeFile.write(JUnitReport.text(files), to: junit) }
        switch format {
        case .text:
            for file in files { file.tell() }
        case .json:
            let json: JSONValue = [
                "format": "firedamp-test/1", "files": .list(files.map(\.json)),
            ]
            Terminal.write(json.rendered + "\n")
        }
        if let exit = files.compactMap(\.exit).first(where: { $0 != ExitCode(1) }) { throw exit }
        if files.contains(where: { $0.exit != nil }) { throw ExitCode(1) }
    }

    /// A slip in the command line must not cost a file of tests, nor a site.
    private func refuseOverwriting(_ inputs: [String]) throws {
        guard let junit, let identity = WholeFile.identity(junit) else { return }
        guard let input = inputs.first(where: { WholeFile.identity($0) == identity }) else {
            return
        }
        throw ValidationError("\(junit) would be written over \(input)")
    }
}
