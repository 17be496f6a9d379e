import Foundation
import GasModel
import ReadingRing
import Testing

/// A reading all of whose fields follow from `number`, so that a torn or foreign one is seen.
func sample(_ number: UInt64) -> Reading {
    let mixed = mix(number)
    return Reading(
        sensor: UInt32(truncatingIfNeeded: mixed), kind: .measurement,
        sourceTime: Timestamp(nanoseconds: Int64(bitPattern: mixed ^ 1)),
        arrivalTime: Timestamp(nanoseconds: Int64(bitPattern: mixed ^ 2)),
        value: Double(mixed >> 12), sequence: mixed, boot: ~mixed,
        arrivalUptime: Int64(bitPattern: mixed ^ 3))
}

/// Whether `reading` is, in every field, the sample of the position it stands at.
func isSample(_ reading: Reading, at position: UInt64) -> Bool {
    let right = sample(position)
    return reading.position == position && reading.sensor == right.sensor
        && reading.kind == right.kind && reading.sourceTime == right.sourceTime
        && reading.arrivalTime == right.arrivalTime && reading.value == right.value
        && reading.sequence == right.sequence && reading.boot == right.boot
        && reading.arrivalUptime == right.arrivalUptime
}

/// The finaliser of SplitMix64: neighbours get values that have nothing in common.
func mix(_ number: UInt64) -> UInt64 {
    var z = number &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}

/// Random numbers that a seed repeats.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = mix(seed) }

    mutating func next() -> UInt64 {
        state &+= 1
        return mix(state)
    }
}

extension RingWriter {
    /// Appends and publishes the samples of the next `count` positions; returns how many fitted.
    @discardableResult mutating func write(_ count: Int) -> Int {
        let fitting = min(count, freeSlots(atLeast: count))
        for _ in 0..<fitting { append(sample(position)) }
        publish()
        return fitting
    }
}

extension RingReader {
    /// Reads at most `most` records; returns their positions and counts those that are no samples.
    mutating func read(atMost most: Int = .max) -> (positions: [UInt64], damaged: Int) {
        var positions: [UInt64] = []
        var damaged = 0
        let count = drain(atMost: most) { reading in
            if !isSample(reading, at: reading.position) { damaged += 1 }
            positions.append(reading.position)
        }
        return (positions, damaged + abs(count - positions.count))
    }

    /// Reads everything and declares it done.
    mutating func finish() {
        _ = read()
        commit(upTo: position)
    }
}

/// A folder that is gone with the last reference to it.
final class Scratch: Sendable {
    let folder: String

    init() throws {
        folder =
            FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
            + "/ring-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var ring: String { folder + "/ring" }

    /// Names of all that lies in the folder, sorted.
    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    }

    func bytes(of path: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path))
    }
}

/// Runs every body in a thread of its own and returns when all are through.
func inThreads(_ bodies: (@Sendable () -> Void)...) {
    let done = DispatchSemaphore(value: 0)
    for body in bodies {
        Thread {
            body()
            done.signal()
        }.start()
    }
    for _ in bodies { done.wait() }
}
