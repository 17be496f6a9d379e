import AdvisoryDelivery
import AdvisoryJournal
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// Against a real child process.
@Suite("Hook", .serialized)
struct HookTests {
    let bench: DeliveryBench

    init() throws { bench = try DeliveryBench() }

    /// A hook that is a shell script: `answer` is run for each line, with its number in `n`.
    private func transport(_ answer: String, seconds: Double = 10) throws -> any OutletTransport {
        let script = """
            #!/bin/sh
            echo $$ >> \(bench.directory.file("pids"))
            while IFS= read -r line; do
                n=${line##*\\"n\\":}
                n=${n%%,*}
                printf '%s\\n' "$line" >> \(bench.directory.file("lines"))
                \(answer)
            done
            echo over >> \(bench.directory.file("over"))
            """
        let path = bench.directory.file("hook")
        try script.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(unsafe chmod(path, 0o700) == 0)
        var parts = bench.parts()
        // A child of ours takes its own time, and not that of the test.
        parts.clock = OutletClock(
            steady: { Int64(DispatchTime.now().uptimeNanoseconds) }, civil: { .at(0) })
        return try parts.transport(
            OutletSettings(
                name: "h", target: .hook(command: [path], answerSeconds: seconds)), parts)
    }

    private func lines(_ name: String) -> [String] {
        let text = try? String(contentsOfFile: bench.directory.file(name), encoding: .utf8)
        return (text ?? "").split(separator: "\n").map(String.init)
    }

    private func documents(_ count: Int) throws -> [OutletDocument] {
        try bench.append((0..<count).map { Told(id: "a\($0)") }).map { OutletDocument($0) }
    }

    @Test("one process takes every line, as it stands in the journal, and ends in good order")
    func one() throws {
        let transport = try transport("echo \"ok $n\"")
        let documents = try documents(50)
        for document in documents { #expect(transport.deliver(document) == .delivered) }
        transport.close()
        #expect(lines("pids").count == 1)
        #expect(lines("lines") == documents.map { String(decoding: $0.bytes, as: UTF8.self) })
        #expect(lines("over") == ["over"])
    }

    @Test("what it fails is tried again, with its words; chatter and old answers are no answer")
    func fails() throws {
        let transport = try transport(
            "echo \"thinking\"; echo \"ok 999\"; echo \"fail $n no paper in the pager\"")
        let outcome = transport.deliver(try documents(1)[0])
        #expect(outcome == .failed(reason: "no paper in the pager"))
        transport.close()
    }

    @Test("one that dies is started anew with the next attempt")
    func dies() throws {
        let transport = try transport(
            "if [ -e \(bench.directory.file("lines.seen")) ]; then echo \"ok $n\"; else "
                + "touch \(bench.directory.file("lines.seen")); exit 3; fi")
        let document = try documents(1)[0]
        #expect(transport.deliver(document) == .failed(reason: "it ended with 3"))
        #expect(transport.deliver(document) == .delivered)
        #expect(lines("pids").count == 2)
        transport.close()
    }

    @Test("one that neither answers nor ends is killed by its process id")
    func hangs() throws {
        let transport = try transport("trap '' TERM; while :; do sleep 0.05; done", seconds: 0.3)
        guard case .failed(let reason, _) = transport.deliver(try documents(1)[0]) else {
            Issue.record("it did not answer")
            return
        }
        #expect(reason.contains("did not answer within 0.3 s"))
        let id = try #require(lines("pids").first.flatMap { Int32($0) })
        #expect(kill(id, 0) != 0, "it is gone")
        transport.close()
    }

    @Test("one that is not there fails with the kernel's reason")
    func absent() throws {
        let parts = bench.parts()
        let transport = try parts.transport(
            OutletSettings(
                name: "h", target: .hook(command: ["/nonexistent/hook"], answerSeconds: 1)), parts)
        #expect(
            transport.deliver(try documents(1)[0])
                == .failed(
                    reason: "/nonexistent/hook cannot be started: No such file or directory"))
    }

    @Test("what it complains of goes to our log, twenty lines a minute")
    func errors() throws {
        let transport = try transport(
            "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do "
                + "echo \"trouble $i\" >&2; done; echo \"ok $n\"")
        #expect(transport.deliver(try documents(1)[0]) == .delivered)
        transport.close()
        let logged = bench.logged.withLock { $0 }
        #expect(logged.count { $0.hasPrefix("h: trouble") } == 20)
        #expect(logged.last == "h: no more of it this minute")
    }
}
