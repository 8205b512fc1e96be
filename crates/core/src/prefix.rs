//! Addresses grouped by prefix: what `--by ip/24` counts in the place of an address.
//!
//! An address may have a port, a zone or brackets around it, and an IPv4 address mapped into IPv6
//! (RFC 4291, 2.5.5.2) is that IPv4 address. What is no address is counted as it is.

use crate::shape::extract::Groups;
use crate::shape::Kind;
use crate::value;
use std::io::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

/// How many bits of an address are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefix {
    v4: u32,
    v6: u32,
}

/// An address, without all that may stand around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Address {
    V4(u32),
    V6(u128),
}

impl Prefix {
    /// So many bits of IPv4 addresses, and of IPv6 addresses; `None` for more than they have.
    pub fn new(v4: u32, v6: u32) -> Option<Prefix> {
        (v4 <= Ipv4Addr::BITS && v6 <= Ipv6Addr::BITS).then_some(Prefix { v4, v6 })
    }

    /// Appends the network that an address is in, as `203.0.113.0/24`; an address of which all bits
    /// are kept is written without their number. False, and nothing, for what is no address.
    #[inline]
    pub fn push(&self, text: &[u8], to: &mut Vec<u8>) -> bool {
        let (bits, whole) = match address(text) {
            Some(Address::V4(address)) => {
                // A shift by all bits is not defined, and leaves nothing.
                let mask = u32::MAX.checked_shl(Ipv4Addr::BITS - self.v4).unwrap_or(0);
                push_v4(address & mask, to);
                (self.v4, Ipv4Addr::BITS)
            }
            Some(Address::V6(address)) => {
                let mask = u128::MAX.checked_shl(Ipv6Addr::BITS - self.v6).unwrap_or(0);
                // Written as RFC 5952 says.
                write!(to, "{}", Ipv6Addr::from_bits(address & mask)).expect("memory takes all");
                (self.v6, Ipv6Addr::BITS)
            }
            None => return false,
        };
        if bits < whole {
            to.push(b'/');
            push_decimal(bits, to);
        }
        true
    }
}

/// Puts a value together of groups of which some are taken by prefix.
#[inline(never)]
pub(crate) fn put(
    by: &[usize],
    prefixes: &[Option<Prefix>],
    groups: &impl Groups,
    hay: &[u8],
    joined: &mut Vec<u8>,
) {
    for (i, (&slot, prefix)) in by.iter().zip(prefixes).enumerate() {
        if i > 0 {
            value::divide(joined);
        }
        let (kind, text) = (groups.place(slot).kind, groups.text(hay, slot));
        if kind == Kind::Text && prefix.is_some_and(|prefix| prefix.push(text, joined)) {
            continue;
        }
        if by.len() == 1 && kind == Kind::Text && text.first() != Some(&value::MARK) {
            joined.extend_from_slice(text);
        } else {
            value::push(kind, text, joined);
        }
    }
}

#[inline]
fn address(text: &[u8]) -> Option<Address> {
    if let Some((address, rest)) = v4(text) {
        return is_port_or_nothing(rest).then_some(Address::V4(address));
    }
    let first = *text.first()?;
    if first == b'[' {
        let end = memchr::memchr(b']', text)?;
        let inside = &text[1..end];
        if !is_port_or_nothing(&text[end + 1..]) {
            return None;
        }
        return match v4(inside) {
            Some((address, b"")) => Some(Address::V4(address)),
            _ => v6(inside),
        };
    }
    if first != b':' && !first.is_ascii_hexdigit() {
        return None;
    }
    v6(text)
}

/// An IPv4 address at the beginning of a text, and what stands behind it. A part has no leading zero,
/// which some take for octal.
#[inline]
fn v4(text: &[u8]) -> Option<(u32, &[u8])> {
    let (mut rest, mut address) = (text, 0);
    for part in 0..4 {
        if part > 0 {
            rest = rest.strip_prefix(b".")?;
        }
        let mut number = 0;
        let mut digits = 0;
        while let Some(&digit) = rest.get(digits).filter(|byte| byte.is_ascii_digit()) {
            if digits == 3 || (digits > 0 && number == 0) {
                return None;
            }
            number = number * 10 + u32::from(digit - b'0');
            digits += 1;
        }
        if digits == 0 || number > 255 {
            return None;
        }
        address = address << 8 | number;
        rest = &rest[digits..];
    }
    Some((address, rest))
}

fn v6(text: &[u8]) -> Option<Address> {
    // Behind a percent sign stands the zone, which is of the machine that wrote the log (RFC 4007).
    let (text, zone) = match memchr::memchr(b'%', text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &b"x"[..]),
    };
    if zone.is_empty() || zone.contains(&b'%') {
        return None;
    }
    let address: Ipv6Addr = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some(match address.to_ipv4_mapped() {
        Some(mapped) => Address::V4(mapped.to_bits()),
        None => Address::V6(address.to_bits()),
    })
}

fn is_port_or_nothing(rest: &[u8]) -> bool {
    let Some(digits) = rest.strip_prefix(b":") else { return rest.is_empty() };
    let all = !digits.is_empty() && digits.len() <= 5 && digits.iter().all(u8::is_ascii_digit);
    all && digits.iter().fold(0, |port, digit| port * 10 + u32::from(digit - b'0')) <= 65535
}

fn push_v4(address: u32, to: &mut Vec<u8>) {
    for (i, part) in address.to_be_bytes().into_iter().enumerate() {
        if i > 0 {
            to.push(b'.');
        }
        push_decimal(part.into(), to);
    }
}

/// A number below 1000.
fn push_decimal(number: u32, to: &mut Vec<u8>) {
    let digit = |value: u32| b'0' + (value % 10) as u8;
    if number >= 100 {
        to.push(digit(number / 100));
    }
    if number >= 10 {
        to.push(digit(number / 10));
    }
    to.push(digit(number));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn network(text: &str, v4: u32, v6: u32) -> Option<String> {
        let mut to = Vec::new();
        let pushed = Prefix::new(v4, v6).unwrap().push(text.as_bytes(), &mut to);
        assert!(pushed || to.is_empty());
        pushed.then(|| String::from_utf8(to).unwrap())
    }

    #[test]
    fn addresses_are_grouped_by_their_first_bits() {
        for (text, v4, v6, wanted) in [
            ("203.0.113.77", 24, 48, "203.0.113.0/24"),
            ("203.0.113.77", 16, 48, "203.0.0.0/16"),
            ("203.0.113.77", 25, 48, "203.0.113.0/25"),
            ("203.0.113.77", 0, 0, "0.0.0.0/0"),
            ("203.0.113.77", 32, 48, "203.0.113.77"),
            ("2001:db8:1:2::3", 24, 48, "2001:db8:1::/48"),
            ("2001:DB8:0:0:0:0:0:3", 24, 128, "2001:db8::3"),
            ("2001:db8::3", 24, 0, "::/0"),
            ("::ffff:203.0.113.77", 24, 48, "203.0.113.0/24"),
            ("::FFFF:cb00:714d", 24, 48, "203.0.113.0/24"),
            ("[::ffff:203.0.113.77]:80", 24, 48, "203.0.113.0/24"),
            ("203.0.113.77:51234", 24, 48, "203.0.113.0/24"),
            ("203.0.113.77:51234", 32, 48, "203.0.113.77"),
            ("[2001:db8::3]:443", 24, 48, "2001:db8::/48"),
            ("[2001:db8::3]", 24, 48, "2001:db8::/48"),
            ("[203.0.113.77]", 24, 48, "203.0.113.0/24"),
            ("fe80::1%eth0", 24, 64, "fe80::/64"),
            ("[fe80::1%eth0]:22", 24, 64, "fe80::/64"),
            ("::", 24, 48, "::/48"),
        ] {
            assert_eq!(network(text, v4, v6).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_let_be() {
        for text in [
            "",
            "-",
            "example.com",
            "203.0.113",
            "203.0.113.256",
            "203.0.113.077",
            "203.0.113.1.2",
            "203.0.113.77:",
            "203.0.113.77:65536",
            "203.0.113.77:http",
            "203.0.113.0/24",
            " 192.0.2.1",
            "[2001:db8::3",
            "[2001:db8::3]443",
            "2001:db8:::3",
            "2001:db8::3%",
            "fe80::1%a%b",
            "[]",
            "[203.0.113.77:80]",
            "abc",
            "1:2:3:4:5:6:7:8:9",
            "1.2.3.4%eth0",
            "12345",
            "::1::",
        ] {
            assert_eq!(network(text, 24, 48), None, "{text}");
        }
    }

    #[test]
    fn a_prefix_has_no_more_bits_than_an_address() {
        assert!(Prefix::new(33, 0).is_none() && Prefix::new(0, 129).is_none());
        assert!(Prefix::new(32, 128).is_some());
    }

    proptest! {
        #[test]
        fn v4_agrees_with_the_standard_library(text in "[0-9]{1,4}(\\.[0-9]{1,3}){2,4}") {
            let read = v4(text.as_bytes()).filter(|(_, rest)| rest.is_empty());
            let standard = text.parse::<Ipv4Addr>().ok().map(Ipv4Addr::to_bits);
            prop_assert_eq!(read.map(|(address, _)| address), standard);
        }

        #[test]
        fn a_network_is_in_itself(bits: u128, v4 in 0u32..=32, v6 in 0u32..=128) {
            for text in [Ipv6Addr::from_bits(bits).to_string(), Ipv4Addr::from_bits(bits as u32).to_string()] {
                let once = network(&text, v4, v6).unwrap();
                let address = once.split('/').next().unwrap();
                prop_assert_eq!(network(address, v4, v6).unwrap(), once);
            }
        }

        #[test]
        fn no_bytes_are_too_strange(text in proptest::collection::vec(any::<u8>(), 0..60)) {
            let mut to = Vec::new();
            let pushed = Prefix::new(24, 48).unwrap().push(&text, &mut to);
            prop_assert_eq!(pushed, !to.is_empty());
            prop_assert!(to.is_ascii());
        }
    }
}
