import AdvisoryDelivery
import ArgumentParser
import DaemonRuntime
import Foundation
import HaltAdvisory

/// `firedamp reload`: have the running daemon read its site file anew, and say what came of it.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the running daemon go over to its site file as it is now.",
        discussion: """
            Sends SIGHUP to the daemon that has the state directory, waits for its answer in the \
            alert log and prints it. A wrong file is refused and the old site goes on.

            Exit codes: 0 the new site holds; 65 it was refused, with every problem on standard \
            error; 69 no daemon runs; 73 the state directory cannot be used; 75 no answer in time: \
            the alert log will have it; 77 not allowed to signal the daemon.
            """)

    @Option(help: "State directory of the daemon.")
    var stateDir =
        ProcessInfo.processInfo.environment["STATE_DIRECTORY"] ?? "/var/lib/firedamp"

    @Option(help: "Seconds to wait for the answer, 1 to 600.")
    var wait = 30.0

    func validate() throws {
        guard (1...600).contains(wait) else {
            throw ValidationError("--wait takes 1 to 600 seconds, not \(wait)")
        }
    }

    func run() throws {
        var follower = LogFollower(path: DaemonOptions.alertLogPath(stateDirectory: stateDir))
        // What stands there already answers somebody else.
        _ = follower.poll()
        try signal()
        guard let line = answer(from: &follower) else {
            complain("no answer within \(wait) s; the alert log will have it")
            throw Exit.tryAgain
        }
        print(line)
        guard AlertFields(line: line)?.transition == Transition.refused.rawValue else { return }
        let path = DaemonOptions.problemsPath(stateDirectory: stateDir)
        if let text = try? String(contentsOfFile: path, encoding: .utf8) {
            complain(text.trimmingCharacters(in: .newlines))
        }
        throw Exit.badData
    }

    private func signal() throws {
        do throws(RunningDaemon.Absence) {
            try RunningDaemon(stateDirectory: stateDir).reload()
        } catch {
            switch error {
            case .notRunning:
                complain("no daemon runs in \(stateDir)")
                throw Exit.unavailable
            case .unknown:
                complain(
                    "the daemon in \(stateDir) is about to start: try again; or that disk takes "
                        + "nothing: send it SIGHUP by other means")
                throw Exit.tryAgain
            case .unreadable(let reason):
                complain(reason)
                throw Exit.cannotCreate
            case .notAllowed(let process):
                complain("not allowed to signal process \(process); be root or its user")
                throw Exit.notAllowed
            }
        }
    }

    /// The first line of the log that tells how a reload ended. A refusal of the broker's is a
    /// FAULT, ours is a NOTICE.
    private func answer(from follower: inout LogFollower) -> String? {
        let deadline = ProcessInfo.processInfo.systemUptime + wait
        while ProcessInfo.processInfo.systemUptime < deadline {
            let answer = follower.poll().first { line in
                guard let fields = AlertFields(line: line), fields.severity == .notice else {
                    return false
                }
                return [Transition.reloaded, .refused].contains { $0.rawValue == fields.transition }
            }
            if let answer { return answer }
            usleep(20_000)
        }
        return nil
    }
}
