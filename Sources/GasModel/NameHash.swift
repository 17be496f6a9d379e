extension UInt64 {
    /// The number that stands for a name in a record of the ring, which has no room for text: the
    /// 64 bits of FNV-1a over its UTF-8 bytes. Never 0, which means "no name".
    ///
    /// Source: G. Fowler, L. Noll, K. Vo, draft-eastlake-fnv.
    package init(nameHash name: String) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        self = hash == 0 ? 1 : hash
    }
}

extension Sensor {
    /// A number that stands for what the sensor watches (code, place, role, quantity, unit): what
    /// is remembered of a sensor with another one tells nothing of this one.
    package var identity: UInt64 {
        let unit = "\(conversion)"
        return UInt64(nameHash: "\(id)|\(place)|\(role.rawValue)|\(quantity.rawValue)|\(unit)")
    }
}
