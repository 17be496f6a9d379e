import ArgumentParser
import Foundation

/// Lines on their way to a file, or to standard output, written in large pieces.
final class LineFile {
    private static let pieceBytes = 1 << 16

    private let handle: FileHandle
    private let path: String
    private var waiting: [UInt8] = []

    /// A fresh file at `path`; standard output without one.
    init(_ path: String?) throws {
        self.path = path ?? "standard output"
        guard let path else {
            handle = .standardOutput
            return
        }
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            unsafe complain("\(path): cannot be written: \(String(cString: strerror(errno)))")
            throw Exit.cannotCreate
        }
        handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
    }

    func write(_ line: String) throws {
        waiting += line.utf8
        waiting.append(UInt8(ascii: "\n"))
        if waiting.count >= Self.pieceBytes { try finish() }
    }

    /// Writes what waits.
    func finish() throws {
        do {
            try handle.write(contentsOf: Data(waiting))
        } catch {
            complain("\(path): cannot be written: \(reason(of: error))")
            throw Exit.cannotCreate
        }
        waiting.removeAll(keepingCapacity: true)
    }
}
