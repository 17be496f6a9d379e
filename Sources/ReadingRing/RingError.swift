internal import Glibc

/// Why a ring could not be had at all. A damaged file is not among the reasons: it is moved aside
/// and a fresh one takes its place, see `RingRefusal`.
package enum RingError: Error, Equatable, CustomStringConvertible {
    /// The capacity asked for is not a power of two within `RingLayout.capacities`.
    case badCapacity(found: Int)
    /// Another process, or another storage of this one, has the ring at `path`.
    case inUse(path: String)
    /// The system refused `call` on `path` with the error number `code`.
    case system(call: String, path: String, code: Int32)

    /// One sentence for the operator: what, where, and what would be right.
    package var description: String {
        switch self {
        case .badCapacity(let found):
            let allowed = RingLayout.capacities
            return "ring capacity \(found) is not a power of two"
                + " from \(allowed.lowerBound) to \(allowed.upperBound) records"
        case .inUse(let path):
            return "\(path) is in use by another process; a ring has one owner at a time"
        case .system(let call, let path, let code):
            let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
            return "\(call) of \(path) failed: \(reason)"
        }
    }
}

/// What is wrong with a file that stands where the ring should be.
package enum RingFlaw: Error, Equatable, CustomStringConvertible {
    /// It is a directory, a device, a socket or a pipe.
    case notRegularFile
    /// Its size in bytes is not that of a ring of the capacity asked for.
    case size(found: Int, allowed: Int)
    /// It does not begin as a ring does.
    case magic(found: UInt64)
    /// It was written by another version of the layout.
    case version(found: UInt32, allowed: UInt32)
    /// Its records have another size in bytes.
    case recordBytes(found: UInt32, allowed: Int)
    /// It holds another number of records than asked for.
    case capacity(found: UInt64, allowed: Int)
    /// The constant part of its header is damaged.
    case checksum(found: UInt64, allowed: UInt64)
    /// A reader stands where it cannot stand: before what may be overwritten, or beyond the end.
    case cursor(reader: String, found: UInt64, allowed: ClosedRange<UInt64>)
    /// A slot that a reader has still to read holds something else.
    case record(position: UInt64, found: UInt64)
    /// Nothing is wrong with it, but another ring went on in its place.
    case superseded
    /// Its records number sensors otherwise than the place where it is to go on.
    case otherSensors

    /// What was found and what is allowed, as the end of a sentence.
    package var description: String {
        switch self {
        case .notRegularFile: "it is not a regular file"
        case .size(let found, let allowed): "its size is \(found) bytes, not \(allowed)"
        case .magic(let found):
            "it begins with 0x\(String(found, radix: 16)), not as a ring does"
        case .version(let found, let allowed): "its version is \(found), not \(allowed)"
        case .recordBytes(let found, let allowed):
            "its records have \(found) bytes, not \(allowed)"
        case .capacity(let found, let allowed): "it holds \(found) records, not \(allowed)"
        case .checksum(let found, let allowed):
            "its header is damaged: checksum 0x\(String(found, radix: 16)),"
                + " not 0x\(String(allowed, radix: 16))"
        case .cursor(let reader, let found, let allowed):
            "its reader \(reader) stands at \(found),"
                + " not within \(allowed.lowerBound) to \(allowed.upperBound)"
        case .record(let position, let found):
            "its slot for record \(position) holds record \(found)"
        case .superseded: "another ring went on in its place"
        case .otherSensors: "it numbers the sensors otherwise"
        }
    }
}

/// A file that stood where the ring should be and was moved aside: what was in it is not lost, but
/// the ring goes on without it, so people have to be told.
package struct RingRefusal: Sendable, Equatable, CustomStringConvertible {
    /// Where the file stood.
    package var path: String
    /// What is wrong with it.
    package var flaw: RingFlaw
    /// Where it stands now, unchanged.
    package var movedTo: String

    /// A refusal of the file at `path`.
    package init(path: String, flaw: RingFlaw, movedTo: String) {
        self.path = path
        self.flaw = flaw
        self.movedTo = movedTo
    }

    /// One sentence for the operator.
    package var description: String { "\(path) is refused: \(flaw); it was moved to \(movedTo)" }
}
