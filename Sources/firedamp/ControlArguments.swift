import ArgumentParser
import DaemonRuntime
import Foundation
import GasModel
import HaltAdvisory

/// How an answer is written.
enum AnswerFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case table
    /// For programs.
    case json
}

/// What every command takes that asks something of a running daemon.
struct ControlArguments: ParsableArguments {
    @Option(help: "State directory of the daemon.", completion: .directory)
    var stateDir =
        ProcessInfo.processInfo.environment["STATE_DIRECTORY"] ?? "/var/lib/firedamp"

    @Option(help: "How the answer is written: table or json.")
    var format = AnswerFormat.table

    @Option(help: "Seconds to wait for the answer, 0.1 to 600.")
    var wait = 10.0

    @Option(
        help: "The language of the answer: en or zh; that of the site if not said.",
        transform: TailCommand.language)
    var language: Language?

    func validate() throws {
        guard (0.1...600).contains(wait) else {
            throw ValidationError("--wait takes 0.1 to 600 seconds, not \(wait)")
        }
    }

    /// Asks the daemon, or ends with what stands against it, a reason on each line.
    func ask(_ request: ControlRequest) throws -> ControlAnswer {
        var request = request
        request.language = language
        let answer: ControlAnswer
        do throws(ControlClient.Absence) {
            answer = try ControlClient(stateDirectory: stateDir).ask(request, seconds: wait)
        } catch {
            throw end(error, request)
        }
        guard let failure = answer.failure else { return answer }
        for reason in failure.reasons { complain(reason) }
        throw failure.code.exit
    }

    private func end(_ absence: ControlClient.Absence, _ request: ControlRequest) -> ExitCode {
        switch absence {
        case .notRunning:
            complain("no daemon runs in \(stateDir)")
            return Exit.unavailable
        case .notAllowed(let reason):
            complain("\(reason); whoever asks must be in the group of the state directory")
            return Exit.notAllowed
        case .unreadable(let reason):
            complain(reason)
            return Exit.cannotCreate
        case .noAnswer(let wasSent):
            complain("no answer within \(wait) s")
            if wasSent, let id = request.order?.request {
                complain("it may have been done; the same again with --request \(id) does it once")
            }
            return Exit.tryAgain
        }
    }
}

extension ControlFailure.Code {
    /// The code that a command ends with.
    fileprivate var exit: ExitCode {
        switch self {
        case .malformed: .validationFailure
        case .notAllowed: Exit.notAllowed
        case .unknown: Exit.noInput
        case .notNow: Exit.badData
        case .unavailable, .busy: Exit.tryAgain
        }
    }
}

/// What every command takes by which a person acts.
struct OrderArguments: ParsableArguments {
    @OptionGroup var control: ControlArguments

    @Option(
        help: ArgumentHelp(
            "Full name of who acts.",
            discussion: "May be left out where only one person has your login."),
        completion: ControlCompletion.people)
    var by: String?

    @Option(
        help: ArgumentHelp(
            "Identifier of the order.",
            discussion: "The same order with the same identifier is carried out once."))
    var request: String?

    func validate() throws {
        if let request, !(1...100).contains(request.utf8.count) {
            throw ValidationError("--request takes 1 to 100 bytes")
        }
    }

    /// Has the order carried out and says what came of it; returns when it is in the journal.
    func carryOut(_ order: OperatorOrder) throws {
        var order = order
        order.request = request ?? UUID().uuidString
        let answer = try control.ask(ControlRequest(.order, by: by, order: order))
        guard let done = answer.done else {
            complain("the daemon's answer is of another version")
            throw Exit.software
        }
        let isRepeated = answer.isRepeated == true
        func say(_ phrase: Phrase) -> String { [phrase].saidAnyway(in: answer.language) }
        switch control.format {
        case .json:
            try writeJSON(
                OrderDocument(request: order.request, repeated: isRepeated, done: done))
        case .table:
            let subject =
                done.advisory.map { say(Phrase("who", $0.id, Phrase.term($0.stage.rawValue))) }
                ?? done.mine
            print("\(done.transition.rawValue) \(subject): \(done.why)")
            if !done.action.isEmpty, done.words?.action != [Phrase("do-nothing")] {
                print("do: \(done.action)")
            }
            if isRepeated { print(say(Phrase("done-before"))) }
        }
    }

    private struct OrderDocument: Encodable {
        var format = "firedamp-order/1"
        var request: String?
        var repeated: Bool
        var done: Announcement
    }
}

/// Writes `value` as one JSON document.
func writeJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    Terminal.write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
}
