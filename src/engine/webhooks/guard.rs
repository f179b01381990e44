//! Which addresses sites may name: none from which somebody could be reached who trusts this machine.

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};
use tokio::sync::Semaphore;

/// Returns why events cannot be sent to an address; nothing if they can. A name is looked up each time it
/// is used, by [`Guarded`].
pub(crate) fn refusal(address: &str, private: bool) -> Option<String> {
    let Ok(url) = address.parse::<Url>() else { return Some("the address is no URL".to_owned()) };
    if url.scheme() != "https" && !(private && url.scheme() == "http") {
        return Some("events are sent over HTTPS only".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Some("the address has a name, a password or a fragment in it".to_owned());
    }
    let host = url.host_str().unwrap_or_default();
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    let local = host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost");
    let closed = literal.is_some_and(|ip| !is_public(ip)) || local;
    (host.is_empty() || (closed && !private))
        .then(|| "the address is not public; the operator can allow such ones".to_owned())
}

/// Names that are looked up at once: a lookup holds a thread of the pool for as long as a name server is slow,
/// also after nobody waits for it any more.
static LOOKUPS: Semaphore = Semaphore::const_new(16);

/// Looks names up and gives only addresses that may be reached: whoever changes a name's address after it
/// was checked gains nothing, for what was looked up is what is connected to.
pub(super) struct Guarded {
    pub(super) private: bool,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (host, private) = (name.as_str().to_owned(), self.private);
        Box::pin(async move {
            let permit = LOOKUPS.acquire().await?;
            let looked = host.clone();
            let found = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                (looked.as_str(), 0).to_socket_addrs()
            });
            let open: Vec<SocketAddr> = found.await??.filter(|at| private || is_public(at.ip())).collect();
            if open.is_empty() {
                return Err(format!("`{host}` has no public address").into());
            }
            let addresses: Addrs = Box::new(open.into_iter());
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(addresses)
        })
    }
}

/// Whether an address is one of the open Internet.
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let special =
        (a, b, c) == (192, 0, 0) || (a == 198 && (b == 18 || b == 19)) || (a, b, c) == (192, 88, 99);
    let closed = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation();
    // 0/8 is this host, 224/4 are groups, and 240/4 with the broadcast address is nobody's.
    !(closed || shared || special || a == 0 || a >= 224)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, c, ..] = ip.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // Addresses that stand for those of IPv4: translation (RFC 6052) and 6to4.
        (0x64, 0xff9b) => c == 0 && embedded(ip.segments()[6], ip.segments()[7]),
        (0x2002, _) => embedded(b, c),
        // Teredo, documentation, and what is set aside for protocols.
        (0x2001, b) if b < 0x200 || b == 0xdb8 => false,
        (0x3fff, b) if b < 0x1000 => false,
        // Everything else that was ever given out lies in 2000::/3.
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_open_internet_are_public() {
        for ip in [
            "8.8.8.8",
            "100.63.0.1",
            "100.128.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "64:ff9b::808:808",
            "::ffff:8.8.8.8",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::",
            "64:ff9b::7f00:1",
            "64:ff9b:1::808:808",
            "3fff::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn an_address_is_https_public_and_plain() {
        for (address, refused, refused_in_private) in [
            ("https://shop.example/hook", false, false),
            ("https://8.8.8.8/hook", false, false),
            ("http://shop.example/hook", true, false),
            ("https://127.0.0.1/", true, false),
            ("https://[::1]:8443/", true, false),
            ("https://[::ffff:10.0.0.1]/", true, false),
            // Other ways of writing 127.0.0.1, as URLs read them.
            ("https://2130706433/", true, false),
            ("https://0x7f.1/", true, false),
            ("https://017700000001/", true, false),
            ("https://localhost/", true, false),
            ("https://api.localhost/", true, false),
            ("https://user:secret@shop.example/", true, true),
            ("https://shop.example/#x", true, true),
            ("ftp://shop.example/", true, true),
            ("file:///etc/passwd", true, true),
            ("shop.example", true, true),
        ] {
            assert_eq!(refusal(address, false).is_some(), refused, "{address}");
            assert_eq!(
                refusal(address, true).is_some(),
                refused_in_private,
                "{address} where private ones may be"
            );
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_not_followed() {
        let name = || "localhost".parse::<Name>().unwrap();
        assert!(Guarded { private: false }.resolve(name()).await.is_err());
        let here = Guarded { private: true }.resolve(name()).await.unwrap();
        assert!(here.map(|at| at.ip()).all(|ip| ip.is_loopback()));
    }
}
