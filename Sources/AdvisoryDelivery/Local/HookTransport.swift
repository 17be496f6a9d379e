internal import Foundation
internal import Synchronization

/// Feeds a program of the mine's own a document a line, and waits for its answer to each.
///
/// `ok <number>`: it has it. `fail <number> <why>`: it could not deal with it, and gets it again.
/// One that dies, or does not answer in time, is started anew with the next attempt, which the
/// outlet's back-off spaces out.
final class HookTransport: OutletTransport {
    /// Most lines of its standard error that go to our log in a minute.
    static let errorLinesMax = 20
    /// Looked after so often while nothing waits, so that what it writes never fills its pipe.
    let tendSeconds: Double? = 1

    private let command: [String]
    private let name: String
    private let answerSeconds: Double
    private let parts: OutletParts
    private let isCancelled = Atomic<Bool>(false)
    private var process: HookProcess?
    private var minute: Int64 = 0
    private var logged = 0

    init(command: [String], name: String, answerSeconds: Double, parts: OutletParts) {
        self.command = command
        self.name = name
        self.answerSeconds = answerSeconds
        self.parts = parts
    }

    deinit { process?.stop() }

    func deliver(_ document: OutletDocument) -> DeliveryOutcome {
        do throws(HookProcess.Failure) {
            let process = try running()
            return feed(document, to: process)
        } catch {
            return .failed(reason: "\(error)")
        }
    }

    // Relaxed: nothing else is inferred from it.
    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    func tend() {
        guard let process else { return }
        logErrors(of: process)
        if let end = process.end() {
            parts.log("\(name): \(end); it is started anew with the next document")
            self.process = nil
        }
    }

    func close() {
        guard let process else { return }
        process.stop()
        logErrors(of: process)
        self.process = nil
    }

    private func running() throws(HookProcess.Failure) -> HookProcess {
        tend()
        if let process { return process }
        let started = try HookProcess(command)
        process = started
        return started
    }

    private func feed(_ document: OutletDocument, to process: HookProcess) -> DeliveryOutcome {
        let end = parts.clock.steady() + Int64(answerSeconds * 1e9)
        if let wrong = process.write(document.bytes, within: answerSeconds) {
            return give(up: process, wrong)
        }
        while parts.clock.steady() < end {
            if isCancelled.load(ordering: .relaxed) { return .failed(reason: "ended") }
            if let line = process.readLine(within: 0.2) {
                if let outcome = Self.outcome(line, of: document) { return outcome }
            } else if let end = process.end() {
                logErrors(of: process)
                self.process = nil
                return .failed(reason: end)
            }
            logErrors(of: process)
        }
        return give(up: process, "it did not answer within \(answerSeconds) s")
    }

    /// One that does not read or answer is of no further use.
    private func give(up process: HookProcess, _ reason: String) -> DeliveryOutcome {
        process.stop()
        logErrors(of: process)
        self.process = nil
        return .failed(reason: reason)
    }

    /// What an answer means; `nil` when it is none to `document`: an old one, or chatter.
    static func outcome(_ line: String, of document: OutletDocument) -> DeliveryOutcome? {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, UInt64(words[1]) == document.number else { return nil }
        switch words[0] {
        case "ok": return .delivered
        case "fail":
            return .failed(reason: words.count > 2 ? String(words[2].prefix(200)) : "it failed")
        default: return nil
        }
    }

    private func logErrors(of process: HookProcess) {
        let now = parts.clock.steady() / 60_000_000_000
        if now != minute { (minute, logged) = (now, 0) }
        for line in process.errorLines() {
            logged += 1
            if logged <= Self.errorLinesMax { parts.log("\(name): \(line.prefix(400))") }
            if logged == Self.errorLinesMax { parts.log("\(name): no more of it this minute") }
        }
    }
}
