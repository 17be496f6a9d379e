internal import Dispatch
internal import GasModel
internal import HaltAdvisory
internal import ReadingRecord
internal import SensorIngest

// MARK: Evidence

extension AdvisoryDesk {
    /// From here on the raw readings around halts are put aside, also around those of the run
    /// before that no line has sealed; but not around what is older than the raw record.
    /// `nil`: none are put aside any more.
    func keepsEvidence(_ recorder: ReadingRecorder?) {
        queue.async { [self] in
            state.recorder = recorder
            guard recorder != nil else { return }
            state.evidence.forget(before: evidenceWriter.recordBegins)
        }
    }

    /// Has what is due put aside. Nobody waits for it: the line that seals it comes when it is.
    func putEvidenceAside(at tick: Reading) {
        let requests = state.evidence.due(at: tick)
        guard !requests.isEmpty, let recorder = state.recorder else { return }
        evidenceWriter.write(requests, names: { recorder.names }) { [self] request, outcome in
            queue.async { [self] in sealed(request, outcome) }
        }
    }

    private func sealed(_ request: EvidenceRequest, _ outcome: EvidenceWriter.Outcome) {
        switch outcome {
        case .sealed(let seal):
            var line = Announcement.notice(
                .notice, .sealed, at: HostClock.now(), site: site, why: [])
            line.place = request.entries[0].place
            line.take(seal, in: site.language)
            state.undelivered.append(line)
            state.evidenceFault = nil
            deliver()
        case .failed(let reason):
            state.evidence.failed(request)
            guard state.evidenceFault == nil else { return }
            state.evidenceFault = reason
            tell(
                .fault, .loss, why: [Phrase("evidence-lost", reason)],
                action: [Phrase("do-mend-evidence")])
        }
    }
}
