import Foundation
import GasModel
import Testing
import TraceReplay

/// The package's own folder.
let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// The path of a composed trace.
func composedTrace(_ name: String) -> String {
    packageRoot.appending(path: "Simulator/Traces/\(name)").path(percentEncoded: false)
}

/// Reads a whole trace: rows, bad lines kept, bad lines counted.
func read(
    _ path: String, badLines: TraceReader.BadLines = .collect
) throws -> (rows: [TraceRow], bad: [TraceError], badCount: Int) {
    var reader = try TraceReader(path: path, badLines: badLines)
    var rows: [TraceRow] = []
    while let row = try reader.next() { rows.append(row) }
    return (rows, reader.badLines, reader.badLineCount)
}

/// Writes `bytes` to a file of its own, and removes that after `body`.
func withFile<Result>(
    _ bytes: some Sequence<UInt8>, _ body: (String) throws -> Result
) throws -> Result {
    let file = FileManager.default.temporaryDirectory
        .appending(path: "trace-\(UUID().uuidString).csv")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path(percentEncoded: false))
}

/// Writes `text` to a file of its own and reads it as a trace.
func read(
    text: String, badLines: TraceReader.BadLines = .collect
) throws -> (rows: [TraceRow], bad: [TraceError], badCount: Int) {
    try withFile(text.utf8) { try read($0, badLines: badLines) }
}
