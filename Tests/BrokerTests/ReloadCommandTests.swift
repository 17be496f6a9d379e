import AdvisoryDelivery
import BrokerSupport
import Foundation
import Support
import Testing

/// `firedamp reload` and SIGHUP against the daemon as a child process.
@Suite("Reload of a running daemon", .serialized)
final class ReloadCommandTests {
    let directory: TemporaryDirectory
    let broker: Mosquitto
    let daemon: DaemonProcess

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Mosquitto(directory: directory.path, isPersistent: true)
        let site = try writeSite(in: directory.path, sensors: ["S1", "S2"])
        daemon = DaemonProcess(
            site: site, port: broker.port, stateDirectory: directory.file("state"),
            environment: ["NOTIFY_SOCKET": directory.file("notify")])
    }

    deinit {
        daemon.kill9()
        broker.stop()
    }

    /// What `firedamp reload` ends with, and what it says.
    private func reload(
        stateDirectory: String? = nil
    ) throws -> (code: Int32, output: String, errors: String) {
        let (output, errors) = (directory.file("reload.out"), directory.file("reload.err"))
        for file in [output, errors] { try Data().write(to: URL(fileURLWithPath: file)) }
        let command = try ChildProcess(
            DaemonProcess.executable,
            ["reload", "--state-dir", stateDirectory ?? directory.file("state")],
            errors: errors, output: output)
        let code = command.wait()
        return (
            code, try String(contentsOfFile: output, encoding: .utf8),
            try String(contentsOfFile: errors, encoding: .utf8)
        )
    }

    @Test("reload says what changed, systemd hears of it, and the new sensor is judged")
    func done() throws {
        let manager = try NotifySocket(path: directory.file("notify"))
        try daemon.start()
        _ = try writeSite(in: directory.path, sensors: ["S3", "S1", "S2"])
        let answer = try reload()
        #expect(answer.code == 0, "\(answer)")
        #expect(answer.output.hasPrefix("NOTICE    RELOADED"))
        #expect(answer.output.contains("sensors: 1 added, 0 removed"))
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/S3", payload("1.6"))
        try eventually("its halt") { daemon.lines("HALT", "RAISED").count == 1 }
        client.stop()
        try eventually("systemd hears the end of it") {
            manager.received().last { $0.hasPrefix("READY=1") }?.contains("in force") == true
        }
        let words = manager.received().filter { $0 != "WATCHDOG=1" }
        let reloading = try #require(words.first { $0.hasPrefix("RELOADING=1\n") })
        #expect(reloading.wholeMatch(of: /RELOADING=1\nMONOTONIC_USEC=[0-9]+/) != nil)
        #expect(words.last?.wholeMatch(of: /READY=1\nSTATUS=site [0-9a-f]{12} in force/) != nil)
        // The same file again is no change, and an answer all the same.
        let again = try reload()
        #expect(again.code == 0)
        #expect(again.output.contains("unchanged"))
    }

    @Test("a wrong file is refused with every problem, the old site goes on, a right one ends it")
    func refused() throws {
        try daemon.start()
        let right = try String(contentsOfFile: directory.file("site.yaml"), encoding: .utf8)
        let wrong = right.replacingOccurrences(of: "role: T1", with: "rolle: T1")
        try wrong.write(toFile: directory.file("site.yaml"), atomically: true, encoding: .utf8)
        let answer = try reload()
        #expect(answer.code == 65)
        #expect(answer.output.hasPrefix("NOTICE    REFUSED"))
        let problems = answer.errors.split(separator: "\n").filter { $0.contains("site.yaml:") }
        #expect(problems.count >= 2)
        for problem in problems { #expect(daemon.errorText.contains(problem)) }
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/S1", payload("1.6"))
        try eventually("the old site judges") { daemon.lines("HALT", "RAISED").count == 1 }
        client.stop()
        try FileManager.default.removeItem(atPath: directory.file("site.yaml"))
        let absent = try reload()
        #expect(absent.code == 65)
        #expect(absent.errors.contains("cannot be read: No such file or directory"))
        _ = try writeSite(in: directory.path, sensors: ["S1", "S2", "S4"])
        #expect(try reload().code == 0)
        #expect(
            !FileManager.default.fileExists(atPath: directory.file("state/reload.refused")))
    }

    @Test("a file that is still being written is waited for: half of it would be a mine, too")
    func halfWritten() throws {
        try daemon.start()
        let path = directory.file("site.yaml")
        let whole = try String(contentsOfFile: path, encoding: .utf8)
        let cut = try #require(whole.range(of: "  - id: S2")?.lowerBound)
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data(whole[..<cut].utf8))
        daemon.signal(SIGHUP)
        // As long as a slow disk takes for the rest.
        Thread.sleep(forTimeInterval: 0.05)
        try file.write(contentsOf: Data(whole[cut...].utf8))
        try file.close()
        try eventually("the reload is told") { daemon.lines("NOTICE", "RELOADED").count == 1 }
        #expect(daemon.lines("NOTICE", "RELOADED")[0].contains("unchanged"))
    }

    @Test("without a daemon it says so: none running, none ever, a number that was left behind")
    func notRunning() throws {
        #expect(try reload(stateDirectory: directory.file("nowhere")).code == 73)
        try daemon.start()
        let bystander = try ChildProcess("/bin/sleep", ["60"])
        defer { bystander.end(SIGKILL) }
        daemon.kill9()
        // The number in the lock now belongs to somebody else, who must not be signalled.
        try "\(bystander.id)\n".write(
            toFile: directory.file("state/ring.lock"), atomically: false, encoding: .utf8)
        #expect(try reload().code == 69)
        #expect(bystander.isRunning)
    }

    @Test("SIGHUP does both: the alert log is opened anew, and the site is read anew")
    func hangUp() throws {
        try daemon.start()
        let log = directory.file("state/alerts.log")
        try FileManager.default.moveItem(atPath: log, toPath: log + ".moved")
        _ = try writeSite(in: directory.path, sensors: ["S1", "S2", "S3"])
        daemon.signal(SIGHUP)
        try eventually("the new file tells the reload") {
            daemon.lines("NOTICE", "RELOADED").count == 1
        }
    }

    @Test("reloaded, killed and started again: indexes, advisories and the new limits hold")
    func killedAfterReload() throws {
        try daemon.start()
        let client = try TestClient(port: broker.port)
        client.publish("firedamp/v1/demo/reading/S1", payload("1.2"))
        try eventually("an alarm stands") { daemon.lines("ALARM", "RAISED").count == 1 }
        for round in 0..<5 {
            let more = (0...round).map { "N\($0)" }
            _ = try writeSite(
                in: directory.path, sensors: more.reversed() + ["S2", "S1"],
                cut: round == 0 ? "1.2" : "1.1")
            daemon.signal(SIGHUP)
            // Some are killed while they go over, some after it.
            if round % 2 == 0 {
                try eventually("round \(round) is told") {
                    daemon.lines("NOTICE", "RELOADED").last?.contains("sensors: 1 added") == true
                        && daemon.lines("HALT", "RAISED").count == 1 + round
                }
            }
            daemon.kill9()
            try daemon.start()
            client.publish("firedamp/v1/demo/reading/N\(round)", payload("1.6"))
            client.publish("firedamp/v1/demo/reading/S1", payload("1.2"))
            try eventually("the newest sensor of round \(round) is judged") {
                daemon.lines("HALT", "RAISED").count == 2 + round
            }
        }
        client.publish("firedamp/v1/demo/reading/S1", payload("0.4"))
        try eventually("S1 is over, by its own reading") {
            daemon.lines("HALT", "GONE").count == 1 && daemon.lines("ALARM", "GONE").count == 1
        }
        #expect(daemon.lines("ALARM", "RAISED").count == 1, "\(daemon.lines("ALARM", "RAISED"))")
        let names = try String(
            contentsOfFile: directory.file("state/ring.sensors"), encoding: .utf8)
        #expect(names == "S1\nS2\nN0\nN1\nN2\nN3\nN4\n")
        client.stop()
    }
}
