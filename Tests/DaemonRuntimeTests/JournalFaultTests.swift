import Foundation
import GasModel
import HaltAdvisory
import Logging
import Support
import Testing

@testable import DaemonRuntime

/// When a journal that failed counts as mended, looked at from within: a disk that fails just so
/// cannot be had everywhere.
@Suite("Fault of the journal")
struct JournalFaultTests {
    private let directory: TemporaryDirectory
    private let desk: AdvisoryDesk

    init() throws {
        directory = try TemporaryDirectory()
        let options = DaemonOptions(
            site: Heading.site, brokerHost: "127.0.0.1", brokerPort: 1,
            stateDirectory: directory.file("state"))
        var log = Logger(label: "test")
        log.logLevel = .critical
        desk = AdvisoryDesk(
            state: try StateDirectory(options: options).takeDesk(), options: options, log: log,
            pulse: { .init(readings: 0, refused: 0, ringFill: 0) }, send: { _, _ in })
    }

    /// How often it was told that the journal fails.
    private var faults: Int {
        let path = DaemonOptions.alertLogPath(stateDirectory: directory.file("state"))
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").count { $0.contains("journal cannot be written") }
    }

    private func fail() { desk.queue.sync { desk.journalFailed("no room") } }

    @Test("findings that announce nothing do not mend it: it is told once")
    func nothingWritten() {
        fail()
        let confirmed = Guarded(false)
        desk.take([]) { confirmed.withLock { $0 = true } }
        desk.sync()
        #expect(confirmed.withLock { $0 }, "nothing of it waits for the journal")
        #expect(desk.queue.sync { desk.state.journalFault } == "no room")
        fail()
        #expect(faults == 1)
    }

    @Test("a line that is written does, and what fails then is told anew")
    func written() {
        fail()
        desk.notice(.notice, .noted, why: [.verbatim("a line")])
        desk.sync()
        #expect(desk.queue.sync { desk.state.journalFault } == nil)
        fail()
        #expect(faults == 2)
    }
}
