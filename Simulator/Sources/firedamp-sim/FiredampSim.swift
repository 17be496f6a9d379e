import ArgumentParser

/// The tester's command: arguments in, one call out.
@main
struct FiredampSim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "firedamp-sim",
        abstract: "Plays a mine's gateways to a Firedamp daemon. Never point it at a mine at work.",
        discussion: """
            Exit codes: 0 everything was published and acknowledged; 64 wrong arguments; 65 the \
            trace is wrong or holds nothing to send; 66 it is missing or cannot be read; 69 the \
            broker cannot be reached or did not take everything; 70 anything else; 130 and 143 \
            ended by SIGINT and SIGTERM.
            """,
        version: "0.1.0", subcommands: [ReplayCommand.self])
}

/// Exit codes by their meaning; the numbers are those of sysexits(3).
enum Exit {
    /// The content of a file is wrong.
    static let badData = ExitCode(65)
    /// A file is missing or cannot be read.
    static let noInput = ExitCode(66)
    /// The broker is not there, or did not take what it was given.
    static let unavailable = ExitCode(69)
    /// Anything that should not happen.
    static let software = ExitCode(70)
    /// A signal ended it.
    static func signal(_ number: Int32) -> ExitCode { ExitCode(128 + number) }
}
