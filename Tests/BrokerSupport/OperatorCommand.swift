internal import Foundation

/// The `firedamp` command as a person uses it beside a daemon.
package struct OperatorCommand: Sendable {
    /// What a command ended with, and what it said.
    package struct Answer: Sendable {
        /// Its exit code.
        package var code: Int32
        /// Its standard output.
        package var output: String
        /// Its standard error.
        package var errors: String
    }

    /// Where the daemon keeps its state.
    package var stateDirectory: String
    /// The program, where it is not the built one in its own place.
    package var executable = DaemonProcess.executable

    /// Commands for the daemon that has `stateDirectory`; what they say goes to files beside it.
    package init(stateDirectory: String) { self.stateDirectory = stateDirectory }

    /// Starts it; several may run at once. `wrapper`: the program with arguments that it runs
    /// under.
    package func start(
        _ arguments: [String], under wrapper: [String] = []
    ) throws -> (process: ChildProcess, answer: () throws -> Answer) {
        try start(words: wrapper + [executable] + arguments + ["--state-dir", stateDirectory])
    }

    /// Runs `firedamp verify` over the state directory, to its end.
    package func verify() throws -> Answer {
        try start(words: [executable, "verify", stateDirectory]).answer()
    }

    private func start(
        words: [String]
    ) throws -> (process: ChildProcess, answer: () throws -> Answer) {
        let name = "\(stateDirectory).command-\(UUID().uuidString)"
        let (output, errors) = (name + ".out", name + ".err")
        for file in [output, errors] { try Data().write(to: URL(fileURLWithPath: file)) }
        let process = try ChildProcess(
            words[0], Array(words.dropFirst()), errors: errors, output: output)
        return (
            process,
            {
                let code = process.wait(seconds: 60)
                return Answer(
                    code: code, output: try String(contentsOfFile: output, encoding: .utf8),
                    errors: try String(contentsOfFile: errors, encoding: .utf8))
            }
        )
    }

    /// Runs it to its end.
    package func callAsFunction(
        _ arguments: String..., under wrapper: [String] = []
    ) throws -> Answer {
        try start(arguments, under: wrapper).answer()
    }
}

/// Adds people to a site file of `writeSite`: a dispatcher, an inspector and a chief engineer, all
/// of whom have the login of whoever runs the test, and a manager who has none.
package func addPeople(toSite path: String) throws {
    let login = NSUserName()
    let text = """
        people:
          - {name: 王磊, duty: dispatcher, login: \(login)}
          - {name: Zhao Qiang, duty: gas-inspector, login: \(login)}
          - {name: Chen Jun, duty: chief-engineer, login: \(login)}
          - {name: Sun Wei, duty: mine-manager}

        """
    let site = try String(contentsOfFile: path, encoding: .utf8)
    try (site + text).write(toFile: path, atomically: true, encoding: .utf8)
}
