internal import AdvisoryJournal
internal import Foundation
internal import GasModel
internal import HaltAdvisory

/// What an outlet's thread does: takes what comes, chooses, delivers, moves the mark.
///
/// **Thread:** the outlet's.
final class OutletWork {
    /// Most lines in hand.
    private static let heldMax = 256
    /// How long the journal is left alone when it cannot be read, in seconds.
    private static let rereadSeconds = 1.0

    private let outlet: Outlet
    private let parts: OutletParts
    private var mark: OutletMark
    private var course: DeliveryCourse
    private var held: [UInt64: OutletDocument] = [:]
    private var urgent = UnnumberedQueue()
    private var transport: (any OutletTransport)?
    private var rereadAt: Int64 = .min

    /// `newest`: the journal's newest line when the outlet was started.
    init(_ outlet: Outlet, parts: OutletParts, newest: UInt64) {
        self.outlet = outlet
        self.parts = parts
        mark = OutletMark(
            directory: parts.directory, name: outlet.settings.name, newest: newest)
        course = DeliveryCourse(
            queue: DeliveryQueue(deliveredThrough: mark.through),
            seed: UInt64(nameHash: outlet.settings.name) ^ UInt64(bitPattern: parts.clock.steady()))
    }

    /// Delivers until it is to end.
    func run() {
        while true {
            collect()
            let now = parts.clock.steady()
            let step = course.step(at: now)
            publish(now)
            if isOver(step, at: now) { break }
            switch step {
            case .idle: rest(seconds: transport?.tendSeconds)
            case .rest(let until): rest(seconds: Double(until - now) / 1e9)
            case .deliver(let number): attempt(number)
            }
        }
        transport?.close()
        outlet.with { $0.transport = nil }
    }

    private func isOver(_ step: DeliveryCourse.Step, at now: Int64) -> Bool {
        guard let end = outlet.with({ $0.endsAt }) else { return false }
        if now >= end { return true }
        if case .deliver = step { return false }
        return true
    }

    private func rest(seconds: Double?) {
        let isBehind = outlet.with { $0.newest } > course.queue.newest
        let bounds = [seconds, transport?.tendSeconds, isBehind ? Self.rereadSeconds : nil]
        outlet.wait(seconds: bounds.compactMap { $0 }.min())
        transport?.tend()
    }

    // MARK: What comes in

    private func collect() {
        let (inbox, unnumbered, newest) = outlet.with { shared in
            defer { (shared.inbox, shared.urgent) = ([], []) }
            return (shared.inbox, shared.urgent, shared.newest)
        }
        for document in unnumbered {
            makeTransport()
            transport?.note(document)
            urgent.add(document)
        }
        for document in inbox where document.number == course.queue.newest + 1 {
            guard !course.queue.isFull, document.number > mark.begun else { break }
            consider(document)
        }
        if course.queue.newest < newest { reread(through: newest) }
        urgent.forget(through: course.queue.newest)
        let isUrgent = urgent.next(beside: course.queue) != nil
        // Only where it changes: setting it begins a new count of refusals.
        if course.isUrgent != isUrgent { course.isUrgent = isUrgent }
    }

    private func consider(_ document: OutletDocument) {
        makeTransport()
        transport?.note(document)
        course.queue.add(
            document.number, row: DeliveryQueue.row(of: document.entry, number: document.number),
            gravity: Gravity(document.entry))
        if held.count < Self.heldMax { held[document.number] = document }
    }

    /// Considers the lines that did not come by the inbox: those from before the start, and those
    /// that were too many.
    private func reread(through newest: UInt64) {
        let now = parts.clock.steady()
        guard now >= rereadAt, course.queue.count <= DeliveryQueue.linesMax / 2 else { return }
        var isWhole = true
        if course.queue.newest < mark.begun { isWhole = rereadStanding() }
        if isWhole {
            isWhole = parts.journal.read(from: course.queue.newest + 1, through: newest) { line in
                consider(OutletDocument(line))
                return !course.queue.isFull
            }
        }
        if !isWhole { rereadAt = now + Int64(Self.rereadSeconds * 1e9) }
    }

    /// Of the lines before the outlet was new: the newest of each advisory that stood then.
    private func rereadStanding() -> Bool {
        var standing: [String: OutletDocument] = [:]
        let isWhole = parts.journal.read(from: course.queue.newest + 1, through: mark.begun) {
            let document = OutletDocument($0)
            if let advisory = document.entry.advisory {
                standing[advisory.id] = advisory.state == .closed ? nil : document
            }
            return true
        }
        // Retention may have taken the oldest lines; what is missing now will be missing later.
        guard isWhole || mark.begun == 0 else { return false }
        for document in standing.values.sorted(by: { $0.number < $1.number }) {
            consider(document)
        }
        course.queue.passOver(through: mark.begun)
        return true
    }

    // MARK: What goes out

    private func attempt(_ number: UInt64?) {
        let unnumbered = number == nil ? urgent.next(beside: course.queue) : nil
        guard let document = number.map({ document($0) }) ?? unnumbered?.document else { return }
        outlet.with { $0.attemptSince = parts.clock.steady() }
        let outcome = deliver(document)
        let now = parts.clock.steady()
        let before = course.queue.count
        let refusal = course.settle(outcome, at: now)
        if course.queue.count < before, let number { held[number] = nil }
        if let unnumbered, !course.isUrgent { urgent.remove(unnumbered.row) }
        mark.move(to: course.queue.deliveredThrough)
        outlet.with { shared in
            shared.attemptSince = nil
            guard let refusal else { return }
            shared.givenUp += 1
            shared.givenUpReason = "\(document.key): \(refusal)"
        }
        if let refusal { parts.log("\(outlet.settings.name): gave up \(document.key): \(refusal)") }
    }

    private func deliver(_ document: OutletDocument) -> DeliveryOutcome {
        makeTransport()
        guard let transport else { return .failed(reason: transportFault) }
        return transport.deliver(document)
    }

    private var transportFault = ""

    private func makeTransport() {
        guard transport == nil else { return }
        do {
            let made = try parts.transport(outlet.settings, parts)
            transport = made
            outlet.with { $0.transport = made }
        } catch {
            transportFault = "\(error)"
        }
    }

    /// The line `number`: in hand, or read again with those that come next; `nil`, and the outlet
    /// rests, when it cannot be had.
    private func document(_ number: UInt64) -> OutletDocument? {
        if let document = held[number] { return document }
        let wanted = Set(course.queue.upcoming(Self.heldMax / 2) + [number])
        held = held.filter { wanted.contains($0.key) }
        let isWhole = parts.journal.read(
            from: wanted.min() ?? number, through: wanted.max() ?? number, only: wanted
        ) { line in
            held[line.record.number] = OutletDocument(line)
            return held.count < Self.heldMax
        }
        if let document = held[number] { return document }
        let now = parts.clock.steady()
        if isWhole {
            // The journal no longer has it.
            parts.log("\(outlet.settings.name): line \(number) is no longer in the journal")
            _ = course.settle(.delivered, at: now)
            mark.move(to: course.queue.deliveredThrough)
        } else {
            _ = course.settle(.failed(reason: "the journal cannot be read again"), at: now)
        }
        return nil
    }

    private func publish(_ now: Int64) {
        let (trouble, queue) = (course.trouble, course.queue)
        outlet.with { shared in
            shared.trouble = trouble
            (shared.queued, shared.considered) = (queue.count, queue.newest)
            let isFailing = trouble != nil
            if shared.since == nil || shared.isFailing != isFailing {
                shared.since = parts.clock.civil()
                shared.isFailing = isFailing
            }
        }
    }
}
