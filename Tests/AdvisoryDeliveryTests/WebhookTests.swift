import AdvisoryDelivery
import AdvisoryJournal
import BrokerSupport
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// Against a real receiver over real sockets, by the transport that the daemon uses.
@Suite("Webhook", .serialized)
struct WebhookTests {
    let bench: DeliveryBench
    let receiver: HTTPReceiver

    init() throws {
        bench = try DeliveryBench()
        receiver = try HTTPReceiver()
    }

    private func transport(
        _ format: WebhookTarget.Format = .firedamp, secret: String? = nil, seconds: Double = 5,
        port: Int32? = nil
    ) throws -> any OutletTransport {
        let target = WebhookTarget(
            url: "http://127.0.0.1:\(port ?? receiver.port)/alerts", format: format,
            secretFile: secret, timeoutSeconds: seconds)
        let parts = bench.parts()
        return try parts.transport(OutletSettings(name: "w", target: .webhook(target)), parts)
    }

    private func document(_ told: Told = Told(id: "demo.S1.cut")) throws -> OutletDocument {
        OutletDocument(try bench.append([told])[0])
    }

    @Test("the body is the journal's line, to the byte, under the key of advisory and revision")
    func body() throws {
        defer { receiver.stop() }
        let document = try document(Told(id: "demo.S1.cut", revision: 3))
        let transport = try transport()
        #expect(transport.deliver(document) == .delivered)
        #expect(transport.deliver(document) == .delivered)
        let requests = receiver.requests
        #expect(requests.map(\.path) == ["/alerts", "/alerts"])
        #expect(requests.map(\.body) == [document.bytes, document.bytes])
        let keys = requests.map { $0.headers["idempotency-key"] }
        #expect(keys == ["demo.S1.cut/3", "demo.S1.cut/3"])
        #expect(requests[0].headers["content-type"] == "application/json")
        #expect(requests[0].headers["x-firedamp-journal"] == "1")
        #expect(requests[0].headers["x-firedamp-signature"] == nil)
    }

    @Test("Python, given secret, timestamp and body, comes to the same signature; of no other body")
    func signature() throws {
        defer { receiver.stop() }
        let secret = bench.directory.file("secret")
        try bench.directory.write(Array("correct horse\n".utf8), to: "secret")
        #expect(unsafe chmod(secret, 0o600) == 0)
        #expect(try transport(secret: secret).deliver(try document()) == .delivered)
        let request = try #require(receiver.requests.first)
        let stamp = try #require(request.headers["x-firedamp-timestamp"])
        #expect(Int64(stamp) == bench.clock.clock.civil().nanoseconds / 1_000_000_000)
        func python(_ bytes: [UInt8]) throws -> String {
            try bench.directory.write(bytes, to: "signed")
            let program =
                "import hmac,sys;print('sha256='+hmac.new(b'correct horse',"
                + "open(sys.argv[1],'rb').read(),'sha256').hexdigest(),end='')"
            return try output(
                "/usr/bin/env", ["python3", "-c", program, bench.directory.file("signed")])
        }
        let signature = request.headers["x-firedamp-signature"]
        #expect(signature == (try python(Array("\(stamp).".utf8) + request.body)))
        #expect(signature != (try python(Array("\(stamp).".utf8) + request.body.dropLast())))
        #expect(signature != (try python(Array("1\(stamp).".utf8) + request.body)))
    }

    @Test(
        "what a status means",
        arguments: [
            (200, "", .delivered), (204, "", .delivered),
            (400, "", .refused(reason: "HTTP 400: no")),
            (404, "", .refused(reason: "HTTP 404: no")),
            (302, "Location: /x", .refused(reason: "HTTP 302: no")),
            (408, "", .failed(reason: "HTTP 408: no")), (500, "", .failed(reason: "HTTP 500: no")),
            (429, "Retry-After: 7", .failed(reason: "HTTP 429: no", retrySeconds: 7)),
            (503, "Retry-After: 120", .failed(reason: "HTTP 503: no", retrySeconds: 120)),
        ] as [(Int, String, DeliveryOutcome)])
    func status(_ status: Int, _ header: String, _ expected: DeliveryOutcome) throws {
        defer { receiver.stop() }
        receiver.answer { _ in .status(status, headers: header.isEmpty ? [] : [header]) }
        let outcome = try transport().deliver(try document())
        guard status != 204 else {
            #expect(outcome == .delivered)
            return
        }
        #expect(outcome == expected)
        #expect(receiver.requests.count == 1, "redirects are not followed")
    }

    private func isFailure(_ outcome: DeliveryOutcome) -> Bool {
        if case .failed = outcome { true } else { false }
    }

    @Test("one that hangs fails after its time, one that closes midway at once")
    func broken() throws {
        defer { receiver.stop() }
        let transport = try transport(seconds: 0.3)
        receiver.answer { _ in .hang }
        #expect(isFailure(transport.deliver(try document())))
        receiver.answer { _ in .closeMidway }
        #expect(isFailure(transport.deliver(try document())))
        receiver.answer { _ in .status(200) }
        #expect(transport.deliver(try document()) == .delivered)
    }

    @Test("where nobody listens it fails, and says so")
    func nobody() throws {
        receiver.stop()
        let outcome = try transport().deliver(try document())
        #expect(outcome == .failed(reason: "Couldn't connect to server"))
    }

    @Test("a delivery that hangs ends within a second when the outlet is to end")
    func cancelled() throws {
        defer { receiver.stop() }
        receiver.answer { _ in .hang }
        let outlets = Outlets(parts: bench.parts())
        let target = WebhookTarget(url: "http://127.0.0.1:\(receiver.port)/", timeoutSeconds: 600)
        outlets.apply([OutletSettings(name: "w", target: .webhook(target))], newest: 0)
        outlets.offer(try bench.append([Told(id: "a")]))
        #expect(receiver.waitForRequest())
        let start = DispatchTime.now()
        outlets.stop(drainSeconds: 0.2)
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
        #expect(seconds < 2)
    }

    @Test("Alertmanager's payload fires until the advisory is closed, under one fingerprint")
    func alertmanager() throws {
        defer { receiver.stop() }
        let transport = try transport(.alertmanager)
        let course = [
            Told(severity: .alarm, id: "a", value: 1.1, limit: ">=1.00", second: 1),
            Told(transition: .worse, id: "a", revision: 2, second: 2),
            Told(transition: .gone, id: "a", revision: 3, state: .gone, second: 3),
            Told(transition: .released, id: "a", revision: 4, state: .closed, second: 4),
        ]
        for line in try bench.append(course) {
            #expect(transport.deliver(OutletDocument(line)) == .delivered)
        }
        let found = try receiver.requests.map { request in
            try #require(
                try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
        }
        let statuses = found.map { $0["status"] as? String }
        #expect(statuses == ["firing", "firing", "firing", "resolved"])
        let alerts = found.compactMap { ($0["alerts"] as? [[String: Any]])?.first }
        #expect(alerts.count == 4)
        #expect(Set(alerts.compactMap { $0["fingerprint"] as? String }).count == 1)
        #expect(Set(found.compactMap { $0["groupKey"] as? String }).count == 1)
        let ends = alerts.prefix(3).map { $0["endsAt"] as? String }
        #expect(Set(ends) == ["0001-01-01T00:00:00Z"])
        #expect(alerts[3]["endsAt"] as? String == Timestamp.at(4).rfc3339())
        let keys: Set = [
            "version", "groupKey", "truncatedAlerts", "status", "receiver", "groupLabels",
            "commonLabels", "commonAnnotations", "externalURL", "alerts",
        ]
        #expect(found.allSatisfy { Set($0.keys) == keys })
        #expect(found[0]["version"] as? String == "4")
        #expect(found[0]["receiver"] as? String == "w")
        let labels = alerts[1]["labels"] as? [String: String]
        #expect(labels?["severity"] == "halt")
        #expect(labels?["alertname"] == "Firedampcut")
    }

    @Test("a secret that others may read is not used; the outlet says so until it is put right")
    func openSecret() throws {
        defer { receiver.stop() }
        let secret = bench.directory.file("secret")
        try bench.directory.write(Array("x".utf8), to: "secret")
        #expect(unsafe chmod(secret, 0o644) == 0)
        #expect(throws: SecretFileError.self) { try transport(secret: secret) }
    }
}

/// What a program writes to its standard output.
func output(_ path: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
}
