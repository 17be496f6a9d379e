internal import AdvisoryJournal
internal import Dispatch
internal import Foundation
package import GasModel
package import HaltAdvisory

/// Puts the raw readings around halts aside: from the segments into files of their own.
///
/// **Thread:** `write` from any thread, it returns at once; all is done on a queue of the lowest
/// priority that nobody waits for. **Cost:** one walk through the segments for up to `draftsMax`
/// files, so that a flood of halts does not read the record for each.
package final class EvidenceWriter: Sendable {
    /// So many files are written in one walk.
    private static let draftsMax = 64

    /// What came of a request.
    package enum Outcome: Sendable {
        /// It is on the disk.
        case sealed(EvidenceSeal)
        /// It is not, and why.
        case failed(String)
    }

    private let queue = DispatchQueue(label: "firedamp.evidence", qos: .background)
    private let rawDirectory: String
    private let directory: String

    /// A writer into `evidence/` of the state directory.
    package init(stateDirectory: String) {
        rawDirectory = stateDirectory + "/raw"
        directory = stateDirectory + "/evidence"
    }

    /// Arrival of the first reading of the raw record; `nil` where there is none.
    package var recordBegins: Timestamp? { RawSegment.list(in: rawDirectory).first?.start }

    /// Writes what is asked for; `done` is called once for each request, on the writer's queue.
    package func write(
        _ requests: [EvidenceRequest], names: @escaping @Sendable () -> RecordNames,
        done: @escaping @Sendable (EvidenceRequest, Outcome) -> Void
    ) {
        queue.async { [self] in
            let names = names()
            for start in stride(from: 0, to: requests.count, by: Self.draftsMax) {
                let end = min(start + Self.draftsMax, requests.count)
                writeTogether(Array(requests[start..<end]), names, done)
            }
        }
    }

    /// Returns when everything that came in before is done.
    package func sync() { queue.sync {} }

    private func writeTogether(
        _ requests: [EvidenceRequest], _ names: RecordNames,
        _ done: (EvidenceRequest, Outcome) -> Void
    ) {
        _ = unsafe mkdir(directory, 0o750)
        let jobs = requests.map { EvidenceJob($0, names: names, directory: directory) }
        guard let from = requests.map(\.from).min(), let to = requests.map(\.to).max() else {
            return
        }
        // Most records belong to few of the halts: to ask each would be most of the work.
        var jobsOfSensor: [UInt32: [EvidenceJob]] = [:]
        for job in jobs {
            for sensor in job.sensors { jobsOfSensor[sensor, default: []].append(job) }
        }
        var stretch = RawStretch(directory: rawDirectory, from: from, to: to)
        let holes = stretch.read { record in
            let concerned = record.kind.isOfSensor ? jobsOfSensor[record.sensor] ?? [] : jobs
            for job in concerned { job.take(record) }
        }
        for job in jobs { done(job.request, job.finish(holes)) }
    }
}

/// A draft and what went wrong with it. A class: an array holds no draft, which cannot be copied.
private final class EvidenceJob {
    let request: EvidenceRequest
    private var draft: EvidenceDraft?
    private var failure: String?

    init(_ request: EvidenceRequest, names: RecordNames, directory: String) {
        self.request = request
        do {
            draft = try EvidenceDraft(request, names: names, directory: directory)
        } catch {
            failure = "\(error)"
        }
    }

    /// The sensors whose readings are wanted.
    var sensors: [UInt32] { draft?.sensors ?? [] }

    func take(_ record: Reading) {
        guard failure == nil else { return }
        do { try draft?.take(record) } catch { failure = "\(error)" }
    }

    func finish(_ holes: [RawHole]) -> EvidenceWriter.Outcome {
        defer { draft = nil }
        if let failure { return .failed(failure) }
        // Both are RFC 3339 in UTC with the same number of digits: their order is that of time.
        let (from, to) = (request.from.rfc3339(), request.to.rfc3339())
        let gaps = holes.filter { $0.from <= to && $0.to >= from }
        do {
            guard let seal = try draft?.finish(gaps: gaps) else { return .failed("no draft") }
            return .sealed(seal)
        } catch {
            return .failed("\(error)")
        }
    }
}
