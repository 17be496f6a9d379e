import ArgumentParser
import DaemonRuntime
import Foundation
import HaltAdvisory

/// What a shell offers behind an argument, asked of the running daemon; nothing where there is
/// none, or where it does not answer at once.
enum ControlCompletion {
    /// Nobody waits longer for an offer. Seconds.
    private static let secondsMax = 0.5

    /// Identifiers of what stands open.
    static let openIDs = CompletionKind.custom { words, _, _ in
        status(words)?.advisories.compactMap { $0.last.advisory?.id } ?? []
    }

    /// Codes of the places.
    static let places = CompletionKind.custom { words, _, _ in
        status(words)?.assessment.places.map(\.code) ?? []
    }

    /// Whom the login may act for.
    static let people = CompletionKind.custom { words, _, _ in
        answer(.people, words)?.people ?? []
    }

    private static func status(_ words: [String]) -> ControlStatus? {
        answer(.status, words)?.status
    }

    private static func answer(_ ask: ControlRequest.Ask, _ words: [String]) -> ControlAnswer? {
        let client = ControlClient(stateDirectory: stateDirectory(in: words))
        return try? client.ask(ControlRequest(ask), seconds: secondsMax)
    }

    /// The state directory that stands on the line that is being written.
    private static func stateDirectory(in words: [String]) -> String {
        let option = "--state-dir"
        for (index, word) in words.enumerated() {
            if word == option, index + 1 < words.count { return words[index + 1] }
            if word.hasPrefix(option + "=") { return String(word.dropFirst(option.count + 1)) }
        }
        return ProcessInfo.processInfo.environment["STATE_DIRECTORY"] ?? "/var/lib/firedamp"
    }
}
