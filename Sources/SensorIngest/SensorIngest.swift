internal import Foundation
package import GasModel
package import Logging
package import MQTTSession
package import ReadingRing
internal import SensorWire

/// From MQTT messages to records in the ring: the one writer of the ring.
///
/// Left of here everything knows topics and bytes, right of here everything knows gas. Records of
/// time and link go the same way as readings, so that detectors see them in one order.
///
/// **Thread:** all of it on the session's thread. **Cost:** per reading no allocation, no lock, no
/// system call; logging only for what is refused, once a minute for each reason.
// @unchecked: confined to the session's thread, which is handed it once; see MQTTSessionHandler.
// @safe: the one pointer is made in `init`, freed in `deinit` and never leaves the class.
@safe package final class SensorIngest: MQTTSessionHandler, @unchecked Sendable {
    /// What the daemon wants to hear of.
    package struct Reports: Sendable {
        /// New records stand in the ring: wake who reads it. Called once per burst.
        package var published: @Sendable () -> Void
        /// The session changed.
        package var sessionChanged: @Sendable (MQTTSessionEvent) -> Void
        /// The broker has the message with this token.
        package var delivered: @Sendable (UInt64) -> Void
        /// Somebody asks for all that stands to be published again.
        package var resendAsked: @Sendable () -> Void

        /// Closures, each called on the session's thread and not allowed to block.
        package init(
            published: @escaping @Sendable () -> Void,
            sessionChanged: @escaping @Sendable (MQTTSessionEvent) -> Void,
            delivered: @escaping @Sendable (UInt64) -> Void,
            resendAsked: @escaping @Sendable () -> Void = {}
        ) {
            self.published = published
            self.sessionChanged = sessionChanged
            self.delivered = delivered
            self.resendAsked = resendAsked
        }
    }

    /// Behind a pointer: a mutation of a class's own property is checked for exclusive access at
    /// run time, which would cost each reading a fifth of its decoding.
    private let writer: UnsafeMutablePointer<RingWriter>
    private var table: SensorTable
    private var names: SiteNames
    private let readingPrefix: [UInt8]
    private let batchTopic: [UInt8]
    private let calibrationPrefix: [UInt8]
    private let gatewayPrefix: [UInt8]
    private let resendTopic: [UInt8]
    private let counters: IngestCounters
    private let reports: Reports
    private let log: Logger
    private var refusals = RefusalLog()
    private var uptime: Int64 = 0
    /// The uptime that the newest record carries.
    private var recordedUptime: Int64 = .min
    /// When the newest message of this burst arrived; `nil` between two bursts.
    private var newestArrival: Timestamp?
    private var ticker = SecondTicker()
    private var staged = false
    /// Whether the ring has the record that this run begins.
    private var hasBegun = false
    /// Since when the ring is full, in uptime; `nil` when it has room.
    private var fullSince: Int64?
    /// What the newest link record says; `nil` before the first.
    private var toldLink: Bool?
    private var linkIsUp: Bool?
    /// The site that is gone over to as soon as the ring has room for the record that says so.
    private var nextSite: PreparedSite?
    /// Halts that began or were released, until the ring has room for the records that say so.
    private var nextHalts: [HaltNews] = []

    /// The door of one mine.
    package init(
        _ roster: SensorRoster, writer: consuming RingWriter, counters: IngestCounters, log: Logger,
        reports: Reports
    ) {
        unsafe self.writer = .allocate(capacity: 1)
        unsafe self.writer.initialize(to: writer)
        table = SensorTable(sensors: roster.sensors)
        names = SiteNames(roster)
        let root = "firedamp/v1/\(roster.site.mine)/"
        readingPrefix = Array("\(root)reading/".utf8)
        batchTopic = Array("\(root)batch".utf8)
        calibrationPrefix = Array("\(root)calibration/".utf8)
        gatewayPrefix = Array("\(root)gateway/".utf8)
        resendTopic = Array("\(root)resend".utf8)
        self.counters = counters
        self.reports = reports
        self.log = log
        uptime = HostClock.uptime()
    }

    deinit {
        unsafe writer.deinitialize(count: 1)
        unsafe writer.deallocate()
    }

    /// The topic filters that readings of `mine` come on, what is announced of its sensors, and
    /// what is asked of us.
    package static func filters(mine: String) -> [String] {
        ["reading/+", "batch", "calibration/+", "gateway/+", "resend"]
            .map { "firedamp/v1/\(mine)/\($0)" }
    }

    package func received(topic: Span<UInt8>, payload: Span<UInt8>) {
        counters.countMessage()
        let arrival = nextArrival()
        if starts(topic, with: readingPrefix) {
            let name = topic.extracting(readingPrefix.count..<topic.count)
            guard let sensor = table.find(name) else {
                return refuse(.unknownSensor, topic: topic, payload: payload)
            }
            take(payload, form: .sensor, sensor: sensor, topic: topic, arrival: arrival)
        } else if topic.count == batchTopic.count, starts(topic, with: batchTopic) {
            take(payload, form: .batch, sensor: nil, topic: topic, arrival: arrival)
        } else if starts(topic, with: calibrationPrefix) {
            calibration(topic, payload, arrival: arrival)
        } else if starts(topic, with: gatewayPrefix) {
            gateway(topic, payload, arrival: arrival)
        } else if topic.count == resendTopic.count, starts(topic, with: resendTopic) {
            guard payload.isEmpty else {
                return refuse(.wrongRequest, topic: topic, payload: payload)
            }
            reports.resendAsked()
        } else {
            refuse(.unknownTopic, topic: topic, payload: payload)
        }
    }

    package func burstEnded() {
        publishStaged()
        newestArrival = nil
    }

    /// Room for the largest message that is accepted, so that no message is ever taken in half,
    /// with the ticks of the seconds that may begin meanwhile.
    package func hasRoom() -> Bool {
        let wanted = ReadingJSON.elementsMax + 16
        let hasRoom = unsafe writer.pointee.freeSlots(atLeast: wanted) >= wanted
        if hasRoom != (fullSince == nil) { noteFull(!hasRoom) }
        return hasRoom
    }

    /// The ring has become full, or has room again.
    private func noteFull(_ isFull: Bool) {
        let now = HostClock.uptime()
        if let since = fullSince { counters.count(fullNanoseconds: now - since) }
        if isFull { counters.countFullWait() }
        fullSince = isFull ? now : nil
    }

    package func turn() {
        tellLink()
        takeNextSite()
        takeNextHalts()
        guard hasRoom() else { return }
        _ = readClocks()
        publishStaged()
    }

    package func turnMilliseconds() -> Int32 { ticker.milliseconds(from: HostClock.uptime()) }

    package func sessionChanged(_ event: MQTTSessionEvent) {
        switch event {
        case .subscribed: linkIsUp = true
        case .connectFailed, .disconnected: linkIsUp = false
        case .connected, .subscriptionRefused, .takenOver, .notPublished: break
        }
        tellLink()
        reports.sessionChanged(event)
    }

    /// Goes over to another site between two messages: what was received before is in the ring
    /// before the record that says so, what comes after stands behind it.
    ///
    /// **Thread:** the session's, see `MQTTSession.perform`.
    package func take(_ site: PreparedSite) {
        nextSite = site
        takeNextSite()
    }

    /// Has the detectors hear of halts. **Thread:** the session's, see `MQTTSession.perform`.
    package func take(_ halts: [HaltNews]) {
        nextHalts += halts
        takeNextHalts()
    }

    package func published(token: UInt64, hasSubscriber: Bool) { reports.delivered(token) }

    /// When the next message arrived. The clock is read at the first message of a burst only; each
    /// that follows counts a nanosecond later, since detectors tell readings whose gateway's clock
    /// runs ahead apart by nothing else.
    private func nextArrival() -> Timestamp {
        if let newest = newestArrival {
            newestArrival = newest.advanced(byNanoseconds: 1)
        } else {
            newestArrival = readClocks()
        }
        return newestArrival ?? .distantPast
    }

    /// Reads both clocks, and sees to it that the tick of a second stands before all that arrives
    /// in it: then a trace that is judged afterwards has them in the same order.
    private func readClocks() -> Timestamp {
        let now = HostClock.now()
        uptime = max(uptime, HostClock.uptime())
        if !hasBegun {
            hasBegun = true
            stage(.runBegins, at: now, uptime: uptime)
        }
        tickIfDue(at: now)
        return now
    }

    private func tickIfDue(at now: Timestamp) {
        guard let tick = ticker.tick(at: now, uptime: uptime, recorded: recordedUptime) else {
            return
        }
        stage(.tick, at: tick.time, uptime: tick.uptime)
    }

    /// `arrival`, or the clock read anew where that is before `sourceTime`: a burst may last for
    /// longer than it should, and then a reading must not seem older than it is.
    private func arrival(_ arrival: Timestamp, of sourceTime: Timestamp) -> Timestamp {
        guard sourceTime > arrival else { return arrival }
        let now = max(arrival, readClocks())
        newestArrival = now
        return now
    }

    /// Decodes a payload and stages what it holds. `sensor`: where in the table the one stands that
    /// the topic names.
    private func take(
        _ payload: Span<UInt8>, form: ReadingJSON.Form, sensor: Int?,
        topic: Span<UInt8>, arrival: Timestamp
    ) {
        var taken: UInt64 = 0
        var faults: UInt64 = 0
        ReadingJSON.decode(payload, form: form) { item in
            switch item {
            case .reading(let reading):
                let named =
                    sensor ?? reading.sensorName.flatMap { table.find(payload.extracting($0)) }
                guard let named else {
                    return refuse(.unknownSensor, topic: topic, payload: payload)
                }
                let record = record(reading, of: table.entries[named], arrival: arrival)
                unsafe writer.pointee.append(record)
                taken += 1
                if record.kind == .fault { faults += 1 }
            case .refused(let fault, let offset):
                refuse(
                    .payload(Refusal.WireFaultCode(rawValue: fault.rawValue)), at: offset,
                    topic: topic, payload: payload)
            }
        }
        guard taken > 0 else { return }
        staged = true
        counters.count(readings: taken, faults: faults)
    }

    /// The record of a reading: a number only if the sensor can have measured it.
    private func record(
        _ reading: WireReading, of entry: SensorTable.Entry, arrival: Timestamp
    ) -> Reading {
        let (value, quality) = entry.screen(reading.value, quality: reading.quality)
        // This may read the clocks, and write a tick: before anything is taken from them.
        let time = self.arrival(arrival, of: reading.sourceTime)
        recordedUptime = uptime
        return Reading(
            sensor: entry.index, kind: quality == .good ? .measurement : .fault, quality: quality,
            marks: reading.sequence == nil ? [] : .hasSequence, sourceTime: reading.sourceTime,
            arrivalTime: time, value: value, sequence: reading.sequence ?? 0, boot: reading.boot,
            arrivalUptime: uptime)
    }

    /// Link records say only what changed: the first attempt that fails, not each. In a full ring
    /// the record waits for room, as everything does.
    private func tellLink() {
        guard let linkIsUp, linkIsUp != toldLink, hasRoom() else { return }
        toldLink = linkIsUp
        stage(linkIsUp ? .linkUp : .linkDown)
        publishStaged()
    }

    /// A person calibrates a sensor. What is left of the announced time counts from now, so that
    /// neither a queued message nor a retained one can begin it late.
    private func calibration(_ topic: Span<UInt8>, _ payload: Span<UInt8>, arrival: Timestamp) {
        guard let place = table.find(topic.extracting(calibrationPrefix.count..<topic.count))
        else { return refuse(.unknownSensor, topic: topic, payload: payload) }
        guard table.entries[place].isLimited else {
            return refuse(.needlessCalibration, topic: topic, payload: payload)
        }
        guard let notice = CalibrationNotice(payload: bytes(payload)) else {
            return refuse(.wrongCalibration, topic: topic, payload: payload)
        }
        if let refusal = notice.refusal(at: arrival, people: names.people) {
            return refuse(refusal, topic: topic, payload: payload)
        }
        let left = notice.minutesLeft(at: arrival)
        unsafe writer.pointee.append(
            Reading(
                sensor: table.entries[place].index, kind: .calibration, sourceTime: arrival,
                arrivalTime: arrival, value: max(0, left), boot: UInt64(nameHash: notice.by),
                arrivalUptime: uptime))
        staged = true
    }

    /// A gateway came or went, by its own word or its Last Will.
    private func gateway(_ topic: Span<UInt8>, _ payload: Span<UInt8>, arrival: Timestamp) {
        let code = String(
            decoding: bytes(topic.extracting(gatewayPrefix.count..<topic.count)), as: UTF8.self)
        guard names.gateways.contains(code) else {
            return refuse(.unknownGateway, topic: topic, payload: payload)
        }
        guard let notice = GatewayNotice(payload: bytes(payload)) else {
            return refuse(.wrongGatewayState, topic: topic, payload: payload)
        }
        unsafe writer.pointee.append(
            Reading(
                sensor: 0, kind: notice == .online ? .gatewayUp : .gatewayDown,
                sourceTime: arrival, arrivalTime: arrival, boot: UInt64(nameHash: code),
                arrivalUptime: uptime))
        staged = true
    }

    private func bytes(_ span: Span<UInt8>) -> [UInt8] {
        unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
    }

    private func takeNextSite() {
        guard let site = nextSite, hasRoom() else { return }
        nextSite = nil
        table = site.table
        names = site.names
        stage(.siteChange, sequence: site.generation, boot: site.run)
        publishStaged()
    }

    private func takeNextHalts() {
        guard !nextHalts.isEmpty, hasRoom() else { return }
        let now = readClocks()
        for news in nextHalts.prefix(ReadingJSON.elementsMax) {
            unsafe writer.pointee.append(news.record(at: now, uptime: uptime))
        }
        nextHalts.removeFirst(min(nextHalts.count, ReadingJSON.elementsMax))
        staged = true
        publishStaged()
    }

    private func stage(_ kind: Reading.Kind, sequence: UInt64 = 0, boot: UInt64 = 0) {
        let now = readClocks()
        stage(kind, at: now, uptime: uptime, sequence: sequence, boot: boot)
    }

    private func stage(
        _ kind: Reading.Kind, at time: Timestamp, uptime: Int64, sequence: UInt64 = 0,
        boot: UInt64 = 0
    ) {
        unsafe writer.pointee.append(
            Reading(
                sensor: 0, kind: kind, sourceTime: time, arrivalTime: time, sequence: sequence,
                boot: boot, arrivalUptime: uptime))
        staged = true
    }

    private func publishStaged() {
        guard staged else { return }
        staged = false
        unsafe writer.pointee.publish()
        reports.published()
    }

    private func refuse(
        _ refusal: Refusal, at offset: Int? = nil, topic: Span<UInt8>, payload: Span<UInt8>
    ) {
        counters.count(refusal)
        if let line = refusals.line(
            refusal, offset: offset, topic: topic, payload: payload, uptime: uptime)
        {
            log.warning("\(line)")
        }
    }

    private func starts(_ topic: Span<UInt8>, with prefix: [UInt8]) -> Bool {
        guard topic.count >= prefix.count else { return false }
        return unsafe topic.withUnsafeBufferPointer { topic in
            unsafe prefix.withUnsafeBufferPointer { prefix in
                guard let found = topic.baseAddress, let wanted = prefix.baseAddress else {
                    return prefix.isEmpty
                }
                return unsafe memcmp(found, wanted, prefix.count) == 0
            }
        }
    }
}
