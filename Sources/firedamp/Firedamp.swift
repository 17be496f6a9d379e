import ArgumentParser

/// The command: arguments in, one call out.
@main
struct Firedamp: AsyncParsableCommand {
    /// What it calls itself, on the command line and in what it writes.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "firedamp",
        abstract: "Guards coal mines against methane: a supervisory daemon, no part of a trip.",
        discussion: """
            Firedamp never cuts power and never replaces the certified local trip.

            Exit codes: 0 done; 64 wrong arguments; 65 a site file, a journal, an export or a key \
            is wrong, or an order is refused as it stands; 66 a file or an advisory is missing or \
            cannot be read; 69 no daemon runs; 73 the state directory or a file in it cannot be \
            used; 75 no answer in time, try again; 77 not allowed; 70 anything else. Of `check \
            --diff` 1: readings may be judged otherwise; of `status` 1: not all is proven.
            """,
        version: version,
        subcommands: [
            ServeCommand.self, ReloadCommand.self, CheckCommand.self, LimitsCommand.self,
            TailCommand.self, StatusCommand.self, AdvisoriesCommand.self, ShowCommand.self,
            AckCommand.self, OrderCommand.self, ConfirmCommand.self, ReleaseCommand.self,
            ShelveCommand.self, UnshelveCommand.self, NoteCommand.self, DrillCommand.self,
            AlarmsCommand.self, GapsCommand.self, VerifyCommand.self, ExportCommand.self,
            KeyCommand.self, CalibrateCommand.self, BacktestCommand.self, TestCommand.self,
        ])
}

/// Exit codes by their meaning; the numbers are those of sysexits(3).
enum Exit {
    /// The content of a file is wrong.
    static let badData = ExitCode(65)
    /// A file is missing or cannot be read.
    static let noInput = ExitCode(66)
    /// No daemon runs.
    static let unavailable = ExitCode(69)
    /// Anything that should not happen.
    static let software = ExitCode(70)
    /// A file or directory of ours cannot be made, opened or written.
    static let cannotCreate = ExitCode(73)
    /// No answer in time.
    static let tryAgain = ExitCode(75)
    /// We may not do that.
    static let notAllowed = ExitCode(77)
}
