internal import AdvisoryJournal
internal import Crypto
internal import Foundation
internal import GasModel
package import HaltAdvisory

/// The first line of an evidence file.
package struct EvidenceHead: Codable, Sendable, Equatable {
    /// A sensor whose readings stand in the file.
    package struct Source: Codable, Sendable, Equatable {
        /// Its code.
        package var id: String
        /// Its place.
        package var place: String
        /// What it watches.
        package var role: String
        /// What it measures.
        package var quantity: String
        /// The unit of its values and limits.
        package var unit: String
        /// Its alarm limit; absent where it has no limits.
        package var alarm: Double?
        /// Its cut limit.
        package var cut: Double?
        /// Its re-power limit.
        package var repower: Double?
    }

    /// Version of the layout: 1.
    package var evidence: Int
    /// The mine's code.
    package var mine: String
    /// The place of the halts; absent where they are of the mine as a whole.
    package var place: String?
    /// The halts.
    package var advisories: [EvidenceSeal.Subject]
    /// Fingerprint of the site that the first halt was judged by.
    package var site: String
    /// Arrival of the first reading that was asked for, RFC 3339 in UTC.
    package var from: String
    /// Arrival of the last.
    package var to: String
    /// The sensors of the place and of those whose air comes to it, by code.
    package var sensors: [Source]
    /// How many readings follow.
    package var readings: Int
    /// What the raw record lacks of that time.
    package var gaps: [RawHole]
    /// Whether there are more readings than the file may hold; absent when not.
    package var isCut: Bool?
}

/// One evidence file as it is written: its readings in a draft first, since the head tells of them.
///
/// **Thread:** confined to its owner's queue.
struct EvidenceDraft: ~Copyable {
    /// The most bytes of a file.
    private static let bytesMax = 64 << 20
    private static let pieceBytes = 16 << 10

    let request: EvidenceRequest
    private let names: RecordNames
    private let path: String
    /// The sensors whose readings are wanted: the caller hands on no others.
    let sensors: [UInt32]
    private let gateways: Set<UInt64>
    private var body: AppendFile
    private var piece: [UInt8] = []
    private var readings = 0
    private var isCut = false

    init(_ request: EvidenceRequest, names: RecordNames, directory: String) throws(FileError) {
        (self.request, self.names) = (request, names)
        path = directory + "/" + request.fileName
        let sensors = names.sensors(around: request.entries[0])
        self.sensors = sensors.map(\.index)
        gateways = Set(sensors.compactMap { $0.sensor.gateway.map { UInt64(nameHash: $0) } })
        try DiskRoom.check(directory)
        unsafe unlink(path + ".body")
        body = try AppendFile(path: path + ".body")
    }

    /// Takes a record, of one of `sensors` or of none, if it belongs here.
    mutating func take(_ record: Reading) throws(FileError) {
        guard record.arrivalTime >= request.from, record.arrivalTime <= request.to else { return }
        switch record.kind {
        case .gatewayUp, .gatewayDown: guard gateways.contains(record.boot) else { return }
        case .measurement, .fault, .calibration, .linkUp, .linkDown, .siteChange, .halt: break
        default: return
        }
        guard body.size + piece.count < Self.bytesMax else {
            isCut = true
            return
        }
        piece += Array(EvidenceLine.text(record, names).utf8)
        readings += record.kind == .measurement || record.kind == .fault ? 1 : 0
        if piece.count >= Self.pieceBytes { try flush() }
    }

    private mutating func flush() throws(FileError) {
        try body.append(piece)
        piece.removeAll(keepingCapacity: true)
    }

    /// Puts the file in its place, whole and synced, and returns its seal.
    mutating func finish(gaps: [RawHole]) throws -> EvidenceSeal {
        try flush()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let head = Array(try encoder.encode(self.head(gaps))) + [UInt8(ascii: "\n")]
        unsafe unlink(path + ".new")
        var file = try AppendFile(path: path + ".new")
        var hash = SHA256()
        hash.update(data: head)
        try file.append(head)
        let source = try FileHandle(forReadingFrom: URL(fileURLWithPath: path + ".body"))
        defer { try? source.close() }
        while let data = try source.read(upToCount: 64 << 10), !data.isEmpty {
            hash.update(data: data)
            try file.append(Array(data))
        }
        try file.sync()
        guard unsafe rename(path + ".new", path) == 0 else { throw FileError("replace", path) }
        try syncDirectory((path as NSString).deletingLastPathComponent)
        return EvidenceSeal(
            advisories: request.subjects, file: request.fileName,
            sha256: hexadecimal(hash.finalize()), bytes: file.size, readings: readings,
            from: request.from.rfc3339(), to: request.to.rfc3339(), gaps: gaps.count)
    }

    private func head(_ gaps: [RawHole]) -> EvidenceHead {
        EvidenceHead(
            evidence: 1, mine: request.entries[0].mine, place: request.entries[0].place,
            advisories: request.subjects, site: request.entries[0].site,
            from: request.from.rfc3339(), to: request.to.rfc3339(),
            sensors: names.sensors(around: request.entries[0]).map {
                EvidenceHead.Source($0.sensor)
            },
            readings: readings, gaps: gaps, isCut: isCut ? true : nil)
    }

    deinit {
        unsafe unlink(path + ".body")
        unsafe unlink(path + ".new")
    }
}

extension EvidenceHead.Source {
    init(_ sensor: Sensor) {
        id = sensor.id
        place = sensor.place
        role = sensor.role.rawValue
        quantity = sensor.quantity.rawValue
        unit = sensor.quantity.definition.unit
        alarm = sensor.limits?.alarm.value
        cut = sensor.limits?.cut?.value
        repower = sensor.limits?.repower
    }
}

/// One reading in an evidence file.
enum EvidenceLine {
    /// As it was received, with nothing judged: also what holds no number, and what came late.
    static func text(_ record: Reading, _ names: RecordNames) -> String {
        var text = "{\"position\":\(record.position),\"kind\":\"\(record.kind.word)\""
        if record.kind.isOfSensor {
            text += ",\"sensor\":\"\(names.code(record.sensor))\""
        }
        if record.value.isFinite { text += ",\"value\":\(record.value)" }
        if record.kind == .fault { text += ",\"quality\":\"\(record.quality.word)\"" }
        text += ",\"measured\":\"\(record.sourceTime.rfc3339())\""
        text += ",\"measuredNanoseconds\":\(record.sourceTime.nanoseconds)"
        text += ",\"arrived\":\"\(record.arrivalTime.rfc3339())\""
        text += ",\"arrivedNanoseconds\":\(record.arrivalTime.nanoseconds)"
        if record.marks.contains(.hasSequence) { text += ",\"sequence\":\(record.sequence)" }
        if record.boot != 0 { text += ",\"boot\":\"\(String(record.boot, radix: 16))\"" }
        return text + "}\n"
    }
}

extension Reading.Kind {
    /// Whether such a record is of one sensor.
    var isOfSensor: Bool { self == .measurement || self == .fault || self == .calibration }

    fileprivate var word: String {
        switch self {
        case .measurement: "measurement"
        case .fault: "fault"
        case .linkUp: "link-up"
        case .linkDown: "link-down"
        case .siteChange: "site-change"
        case .calibration: "calibration"
        case .gatewayUp: "gateway-up"
        case .gatewayDown: "gateway-down"
        case .halt: "halt"
        default: "unknown"
        }
    }
}

extension RecordNames {
    /// The sensors whose readings belong to a halt, by index: of its place and of those whose air
    /// comes to it directly; of its gateway where it has no place; none for one of the link, whose
    /// evidence is the link itself.
    func sensors(around halt: Announcement) -> [(index: UInt32, sensor: Sensor)] {
        var places: Set<String> = []
        if let place = halt.place {
            places = Set(roster.site.places.filter { $0.ventilates.contains(place) }.map(\.id))
            places.insert(place)
        }
        return roster.sensors.enumerated().compactMap { index, sensor in
            guard let sensor else { return nil }
            let isOfGateway =
                halt.place == nil && halt.gateway != nil && sensor.gateway == halt.gateway
            return places.contains(sensor.place) || isOfGateway ? (UInt32(index), sensor) : nil
        }
    }
}

/// Bytes in hexadecimal.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }.joined()
}
