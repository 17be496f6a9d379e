package import AdvisoryDelivery
package import GasModel
package import GasPipeline
internal import HaltAdvisory
package import TraceReplay

/// Recorded traces through all detectors and the book of advisories, as fast as the machine allows.
///
/// Nothing reads a clock: what is told follows from the site and the rows alone, and is, line for
/// line, what a daemon tells that is sent the same rows at their own pace.
/// **Thread:** its owner's. **Memory:** a block of each file, the detectors' state, some hundred
/// bytes for each line that is told, and with a picture 32 KiB for each sensor.
package struct Backtest: ~Copyable {
    /// What is to be judged, and how.
    package struct Options: Sendable {
        /// The traces.
        package var paths: [String]
        /// When the first row is taken to arrive; `nil` for its own time.
        package var start: Timestamp?
        /// Other codes for the sensors of the traces.
        package var renames: [String: String] = [:]
        /// Whether a bad line ends it.
        package var isStrict = false
        /// How the detectors are set.
        package var tuning = DetectorTuning()
        /// Whether values are kept for a picture.
        package var wantsPicture = false

        /// All of the traces at `paths`, as they are.
        package init(paths: [String]) { self.paths = paths }
    }

    private let roster: SensorRoster
    private let options: Options
    private let screens: [SensorScreen]
    private var merge: TraceMerge
    private var judge: MineJudge
    private var grouping = AlarmGrouping()
    private var clock: RecordClock
    private let shiftNanoseconds: Int64
    private var result: BacktestResult
    /// For each file the index of each of its sensors; -1 for one that the site does not have.
    private var indexes: [[Int32]]
    private let indexOfCode: [String: Int32]

    /// Opens the traces. **Errors:** what is wrong with them, with file and line.
    package init(site: Site, _ options: Options) throws(TraceError) {
        self.options = options
        roster = SensorRoster(site: site, sensors: site.sensors)
        screens = site.sensors.map { SensorScreen($0) }
        judge = MineJudge(roster, tuning: options.tuning)
        merge = try TraceMerge(paths: options.paths, isStrict: options.isStrict)
        let first = merge.firstDue ?? Timestamp(nanoseconds: 0)
        let start = options.start ?? first
        shiftNanoseconds = start.nanoseconds - first.nanoseconds
        clock = RecordClock(start: start)
        indexes = options.paths.map { _ in [] }
        indexOfCode = Dictionary(
            site.sensors.enumerated().map { ($1.id, Int32($0)) },
            uniquingKeysWith: { first, _ in first })
        result = BacktestResult(site: site, options: options, start: start)
    }

    /// Judges all of it. `line` hears of every line of the alert log; `progress`, now and then, of
    /// the bytes that were read and the rows that were judged, and may end it with an error.
    package consuming func run(
        line: (AlertLine) throws -> Void, progress: (_ bytes: Int, _ rows: Int) throws -> Void
    ) throws -> BacktestResult {
        try open(line)
        try take(clock.linkUp, line)
        while let (row, file, due) = try merge.next() {
            if result.rows & 0xFFFF == 0 { try progress(merge.bytesRead, result.rows) }
            result.rows += 1
            let index = index(of: row, file)
            guard index >= 0 else { continue }
            let arrival = Timestamp(nanoseconds: due.nanoseconds + shiftNanoseconds)
            while let tick = clock.tick(through: arrival) { try take(tick, line) }
            let record = record(row, of: Int(index), due: arrival)
            result.tallies[Int(index)].take(record)
            result.judged += 1
            result.end = record.arrivalTime
            try take(record, line)
        }
        try show(grouping.flush(at: result.end, site: roster.site), line)
        try progress(merge.bytesRead, result.rows)
        (result.badLines, result.badLineCount) = merge.badLines
        for index in result.tallies.indices { result.tallies[index].finish() }
        return result
    }

    /// What a daemon says when it starts, so that the numbers of the lines are the same.
    private mutating func open(_ line: (AlertLine) throws -> Void) throws {
        let names = options.paths.joined(separator: ", ")
        try tell(
            .notice(
                .notice, .started, at: clock.start, site: roster.site,
                why: [Phrase("back-test", names)]), rule: nil, line)
        guard let halt = Announcement.standingHalt(of: roster.site, at: clock.start) else {
            return
        }
        try tell(halt, rule: nil, line)
    }

    private mutating func record(_ row: TraceRow, of index: Int, due: Timestamp) -> Reading {
        let (value, quality) = screens[index](row.value, quality: row.quality)
        let measured = row.time.advanced(byNanoseconds: shiftNanoseconds)
        let (time, uptime) = clock.arrival(due: due)
        return Reading(
            sensor: UInt32(index), kind: quality == .good ? .measurement : .fault,
            quality: quality, sourceTime: measured, arrivalTime: time, value: value,
            arrivalUptime: uptime)
    }

    private mutating func take(_ record: Reading, _ line: (AlertLine) throws -> Void) throws {
        var told: [(Finding?, Announcement?)] = []
        judge.take(record) { told.append(($0, $1)) }
        for (finding, announcement) in told {
            if let finding { result.note(finding) }
            guard let announcement else { continue }
            let rule = announcement.advisory.flatMap { Rule(rawValue: $0.rule) }
            try tell(announcement, rule: rule, line)
        }
        guard record.kind == .tick else { return }
        try show(grouping.tick(at: record.arrivalTime, site: roster.site), line)
    }

    private mutating func tell(
        _ announcement: Announcement, rule: Rule?, _ line: (AlertLine) throws -> Void
    ) throws {
        let number = UInt64(result.told.count + 1)
        result.told.append(ToldLine(announcement, number: number, rule: rule))
        try show(grouping.take(announcement, number: number, site: roster.site), line)
    }

    private func show(
        _ lines: [AlarmGrouping.Line], _ line: (AlertLine) throws -> Void
    ) rethrows {
        for shown in lines {
            let offset = LocalTime.offsetSeconds(at: shown.announcement.decidedAt)
            try line(
                AlertLine(shown.announcement, numbers: shown.numbers, offsetSeconds: offset))
        }
    }

    /// The index of the row's sensor; -1 for one that the site does not have.
    private mutating func index(of row: TraceRow, _ file: Int) -> Int32 {
        if row.number < indexes[file].count {
            let known = indexes[file][row.number]
            if known < 0 { result.unknown[row.sensor, default: 0] += 1 }
            return known
        }
        for code in merge.sensors(ofFile: file).dropFirst(indexes[file].count) {
            indexes[file].append(indexOfCode[options.renames[code] ?? code] ?? -1)
        }
        return index(of: row, file)
    }
}
