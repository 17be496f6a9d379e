import ArgumentParser
import Foundation

/// `mqtt://HOST[:PORT]`: where the broker is.
struct BrokerAddress: ExpressibleByArgument {
    static let defaultPort: Int32 = 1883

    let host: String
    let port: Int32

    init(host: String, port: Int32) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        guard let parts = URLComponents(string: argument), parts.scheme == "mqtt",
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil,
            parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil
        else { return nil }
        let port = parts.port ?? Int(Self.defaultPort)
        guard (1...65_535).contains(port) else { return nil }
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        self.port = Int32(port)
    }

    var defaultValueDescription: String { "mqtt://\(host):\(port)" }
}
