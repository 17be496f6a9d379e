internal import Foundation

/// A program that is fed a line at a time: started once, not for every line.
///
/// It gets a clean signal mask, a pipe each for its three streams, and nothing else of ours.
/// **Thread:** its owner's, with broken pipes blocked.
final class HookProcess {
    /// Why it could not be started.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Its process id.
    let id: pid_t
    private var input: Descriptor?
    private let output: Descriptor
    private let errors: Descriptor
    private var outputRest: [UInt8] = []
    private var errorRest: [UInt8] = []
    private var hasEnded = false
    /// Longest line that is read of it; what goes on is cut off.
    private static let lineBytesMax = 4096

    /// Starts `command`: a program by its absolute path, and its arguments.
    init(_ command: [String]) throws(Failure) {
        Self.lock.lock()
        defer { Self.lock.unlock() }
        let (input, output, errors) = (try Self.pipe(), try Self.pipe(), try Self.pipe())
        id = try Self.spawn(
            command, [input.read.number, output.write.number, errors.write.number])
        (self.input, self.output, self.errors) = (input.write, output.read, errors.read)
        for end in [input.write, output.read, errors.read] {
            _ = fcntl(end.number, F_SETFL, O_NONBLOCK)
        }
    }

    /// Writes a line, within `seconds`; returns what went wrong.
    func write(_ line: [UInt8], within seconds: Double) -> String? {
        guard let input else { return "its input is closed" }
        let bytes = line + [UInt8(ascii: "\n")]
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[start...])
                return unsafe Foundation.write(input.number, rest.baseAddress, rest.count)
            }
            if count > 0 {
                start += count
            } else if errno == EAGAIN {
                guard input.isReady(Int32(POLLOUT), within: seconds) else {
                    return "it reads nothing"
                }
            } else if errno != EINTR {
                return "it reads no more (\(Descriptor.reason))"
            }
        }
        return nil
    }

    /// The next line that it wrote to standard output; `nil` when none came within `seconds`, or it
    /// has closed it.
    func readLine(within seconds: Double) -> String? {
        if let line = Self.line(from: &outputRest) { return line }
        guard output.isReady(Int32(POLLIN), within: seconds), let piece = output.readSome() else {
            return nil
        }
        outputRest += piece
        if outputRest.count > Self.lineBytesMax, !outputRest.contains(UInt8(ascii: "\n")) {
            outputRest = []
        }
        return Self.line(from: &outputRest)
    }

    /// The lines that it wrote to standard error since the last call.
    func errorLines() -> [String] {
        var lines: [String] = []
        while let piece = errors.readSome(), !piece.isEmpty, lines.count < 1000 {
            errorRest += piece
            if errorRest.count > Self.lineBytesMax { errorRest.append(UInt8(ascii: "\n")) }
            while let line = Self.line(from: &errorRest) { lines.append(line) }
        }
        return lines
    }

    /// Whether it has ended by itself, and how, in words; `nil` while it runs.
    func end() -> String? {
        guard !hasEnded else { return "it has ended" }
        var status: Int32 = 0
        guard unsafe waitpid(id, &status, WNOHANG) == id else { return nil }
        hasEnded = true
        return status & 0x7F == 0
            ? "it ended with \((status >> 8) & 0xFF)" : "signal \(status & 0x7F) ended it"
    }

    /// Ends it: its input is closed, then it is asked, then it is killed. Takes at most a second.
    func stop() {
        input = nil
        for (signal, seconds) in [(Int32(0), 0.5), (SIGTERM, 0.3)] {
            if signal != 0, !hasEnded { kill(id, signal) }
            let rounds = Int(seconds / 0.01)
            for _ in 0..<rounds {
                if end() != nil { return }
                usleep(10_000)
            }
        }
        kill(id, SIGKILL)
        var status: Int32 = 0
        unsafe waitpid(id, &status, 0)
        hasEnded = true
    }

    private static func line(from rest: inout [UInt8]) -> String? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { rest.removeFirst(end + 1) }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    /// Held while pipes are made and a program is started: another one that is started between a
    /// pipe and its mark would keep the pipe's end, and the end of an input would never be seen.
    private static let lock = NSLock()

    private static func pipe() throws(Failure) -> (read: Descriptor, write: Descriptor) {
        var ends: [Int32] = [0, 0]
        guard unsafe Foundation.pipe(&ends) == 0 else {
            throw Failure(description: "pipe: \(Descriptor.reason)")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (Descriptor(ends[0]), Descriptor(ends[1]))
    }

    private static func spawn(
        _ command: [String], _ streams: [Int32]
    ) throws(Failure) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in streams.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
        }
        // What the daemon itself was started with need not be marked to be closed. One that is
        // closed already does no harm.
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for number in open.compactMap({ Int32($0) }) where number > 2 {
            unsafe posix_spawn_file_actions_addclose(&actions, number)
        }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = unsafe command.map { unsafe strdup($0) }
        defer { unsafe words.forEach { unsafe free($0) } }
        var id: pid_t = 0
        let code = unsafe posix_spawn(
            &id, command[0], &actions, &attributes, words + [nil], environ)
        guard code == 0 else {
            let reason = unsafe String(cString: strerror(code))
            throw Failure(description: "\(command[0]) cannot be started: \(reason)")
        }
        return id
    }
}
