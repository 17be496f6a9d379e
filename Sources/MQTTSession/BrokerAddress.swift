internal import Foundation

/// Where a broker is, as people write it: `mqtt://HOST[:PORT]`.
package struct BrokerAddress: Sendable, Equatable, LosslessStringConvertible {
    /// The port that stands for itself when none is written.
    package static let defaultPort: Int32 = 1883
    /// A broker on this machine.
    package static let local = BrokerAddress(host: "localhost", port: defaultPort)

    /// Host name or address, an IPv6 address without its brackets.
    package let host: String
    /// TCP port, 1 to 65,535.
    package let port: Int32

    private init(host: String, port: Int32) {
        self.host = host
        self.port = port
    }

    /// The address that `text` names; `nil` for any other scheme, for user, path or query, and for
    /// a port that does not exist.
    package init?(_ text: String) {
        guard let parts = URLComponents(string: text), parts.scheme == "mqtt",
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil,
            parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil
        else { return nil }
        let port = parts.port ?? Int(Self.defaultPort)
        guard (1...65_535).contains(port) else { return nil }
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        self.port = Int32(port)
    }

    /// `mqtt://HOST:PORT`, which `init` reads again.
    package var description: String {
        "mqtt://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
