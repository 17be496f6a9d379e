internal import Foundation

/// A program that a test runs beside itself: started with a clean signal mask, ended by its process
/// id.
///
/// **Thread:** one at a time.
final class ChildProcess {
    private let process: Process
    /// Its process id.
    var id: Int32 { process.processIdentifier }

    /// Whether it has not ended yet.
    var isRunning: Bool { process.isRunning }

    /// Starts `path`. What it writes to standard error goes to the file `errors`, if there is one.
    init(_ path: String, _ arguments: [String], errors: String? = nil) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors.flatMap { FileHandle(forWritingAtPath: $0) } ?? .nullDevice
        // Dispatch blocks signals on its threads, and a child inherits that: it would not hear
        // SIGTERM.
        var (none, before) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
    }

    deinit { end(SIGKILL) }

    /// Sends `number` to it, if it still runs.
    func signal(_ number: Int32) {
        if process.isRunning { kill(id, number) }
    }

    /// Waits until it has ended, at most `seconds`; then it is killed. Returns its exit code.
    @discardableResult
    func wait(seconds: Double = 30) -> Int32 {
        try? eventually("process \(id) ends", within: seconds) { !process.isRunning }
        if process.isRunning {
            kill(id, SIGKILL)
            process.waitUntilExit()
        }
        return process.terminationStatus
    }

    /// Sends `number` and waits until it has ended. Returns its exit code.
    @discardableResult
    func end(_ number: Int32) -> Int32 {
        signal(number)
        return wait()
    }
}
