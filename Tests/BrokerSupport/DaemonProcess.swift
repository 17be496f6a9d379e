internal import Foundation

/// The `firedamp` executable as a child process: started, killed, started again.
package final class DaemonProcess: @unchecked Sendable {
    // @unchecked: a test drives its daemon from one thread at a time.

    /// Where the daemon keeps its state.
    package let stateDirectory: String
    private let arguments: [String]
    private var process: ChildProcess?
    private let errorPath: String
    private let environment: [String: String]

    /// A daemon that is not started yet. `more`: further arguments of `serve`; `environment`: added
    /// to ours.
    package init(
        site: String, port: Int32, stateDirectory: String, _ more: [String] = [],
        environment: [String: String] = [:]
    ) {
        self.environment = environment
        self.stateDirectory = stateDirectory
        errorPath = stateDirectory + ".stderr"
        arguments =
            [
                "serve", "--site", site, "--broker", "mqtt://127.0.0.1:\(port)", "--state-dir",
                stateDirectory,
            ] + more
    }

    deinit { kill9() }

    /// The built executable: beside the test bundle, or where FIREDAMP_BINARY says.
    package static var executable: String {
        if let path = ProcessInfo.processInfo.environment["FIREDAMP_BINARY"] { return path }
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0])
        return bundle.deletingLastPathComponent().appendingPathComponent("firedamp").path
    }

    /// The simulator that was built with it.
    package static var simulator: String {
        URL(fileURLWithPath: executable).deletingLastPathComponent()
            .appendingPathComponent("firedamp-sim").path
    }

    /// What it wrote to standard error since it was started last.
    package var errorText: String {
        (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? ""
    }

    /// The lines of its alert log.
    package var alerts: [String] {
        let text = try? String(contentsOfFile: stateDirectory + "/alerts.log", encoding: .utf8)
        return (text ?? "").split(separator: "\n").map(String.init)
    }

    /// The lines of one severity and transition: of one sensor or gateway, or of all.
    package func lines(
        _ severity: String, _ transition: String, _ subject: String? = nil
    ) -> [String] {
        alerts.filter { line in
            let fields = line.split(separator: " ")
            return fields.count > 9 && fields[0] == severity && fields[1] == transition
                && (subject == nil || fields[4] == subject ?? "")
        }
    }

    /// Starts it and waits until it says that it is ready.
    package func start() throws {
        try launch()
        try eventually("the daemon is ready; it said: \(errorText)") {
            guard process?.isRunning == true else {
                throw TestFailure(description: "the daemon has ended: \(errorText)")
            }
            return errorText.contains("firedamp: ready")
        }
    }

    /// Starts it and does not wait.
    package func launch() throws {
        try Data().write(to: URL(fileURLWithPath: errorPath))
        process = try ChildProcess(
            Self.executable, arguments, errors: errorPath, environment: environment)
    }

    /// SIGKILL: it gets no chance to do anything.
    package func kill9() {
        process?.end(SIGKILL)
        process = nil
    }

    /// SIGTERM; returns its exit code and the seconds that it took.
    package func terminate() -> (code: Int32, seconds: Double) {
        let start = DispatchTime.now().uptimeNanoseconds
        let code = process?.end(SIGTERM) ?? -1
        process = nil
        return (code, Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9)
    }

    /// Waits until it ends by itself; returns its exit code.
    package func wait() -> Int32 { process?.wait() ?? -1 }

    /// Sends `signal` to it.
    package func signal(_ signal: Int32) { process?.signal(signal) }

    /// How often it called read(2) and its kin so far.
    package var readCalls: Int {
        let path = "/proc/\(process?.id ?? 0)/io"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("syscr: ") }
        return line.flatMap { Int($0.dropFirst(7)) } ?? 0
    }

    /// Resident memory in bytes without the pages of the ring file, from /proc.
    package var residentBytesWithoutRing: Int {
        // Read to its end: of a file that has no size Foundation takes the first page for all.
        guard let pid = process?.id,
            let maps = try? FileHandle(forReadingAtPath: "/proc/\(pid)/smaps")?.readToEnd()
        else { return 0 }
        var total = 0
        var isRing = false
        for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            if fields.count >= 5, fields[0].contains("-"), !fields[0].hasSuffix(":") {
                isRing = line.hasSuffix("/ring")
            } else if fields.first == "Rss:", !isRing, let kilobytes = Int(fields[1]) {
                total += kilobytes * 1024
            }
        }
        return total
    }
}
