//! How the simulated parties send: over the transports that real ones use, on this machine.

use super::sockets;
use anyhow::{Context as _, Result};
use ring::hmac;
use sealane_ingest::sim::Delivery;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

/// How a party sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// It puts files into a watched folder.
    Folder,
    /// It pushes signed to the doors.
    Push,
    /// It tells those who are connected to its WebSocket.
    WebSocket,
}

/// Who sends how, which node depends on it, and what people call it. All others post their messages.
const WAYS: &[(&str, Way, &str, &str)] = &[
    ("sim-yangshan-3", Way::Folder, "CN-YANGSHAN-3", "Yangshan III, Navis N4 SNX (synthetic)"),
    ("sim-caimep-tcit", Way::Push, "VN-TCIT", "Cai Mep TCIT, TIC 4.0 (synthetic)"),
    ("sim-klang-westports", Way::Folder, "MY-WESTPORTS", "Port Klang Westports, TIC 4.0 (synthetic)"),
    ("sim-singapore", Way::WebSocket, "SG-SIN", "Singapore, port community (synthetic)"),
    ("sim-carrier-a", Way::Push, "", "Carrier A, DCSA Track & Trace (synthetic)"),
];

/// The party that receives the ships' AIS.
pub(super) const AIS: &str = "sim-ais";
/// Without data for so long, in the simulated world, a feed is called silent.
const EXPECTED: &str = "96h";
/// Pushes that the doors do not take are tried again after so long, and so often.
const AGAIN: Duration = Duration::from_millis(100);
const TIMES: u32 = 300;

/// The simulated parties with their sockets and folders.
pub(super) struct Senders {
    doors: SocketAddr,
    client: reqwest::Client,
    secret: String,
    feeds: PathBuf,
    community: UnboundedSender<Vec<u8>>,
    antenna: UnboundedSender<Vec<u8>>,
    _sources: JoinSet<()>,
}

impl Senders {
    /// Opens the sockets and writes the files of the feeds that listen to them.
    pub(super) async fn open(data: &Path, doors: SocketAddr) -> Result<Self> {
        let feeds = data.join("feeds");
        crate::files::make_private(&feeds)?;
        let secret = random()?;
        let mark = data.join("push.secret");
        crate::files::write_private(&mark, secret.as_bytes())?;
        let websocket = TcpListener::bind("127.0.0.1:0").await?;
        let tcp = TcpListener::bind("127.0.0.1:0").await?;
        for (party, way, node, name) in WAYS {
            let transport = match way {
                Way::Folder => "kind = \"folder\"\nsettle = \"0s\"\nkeep_days = 1\n".to_owned(),
                Way::Push => format!("kind = \"push\"\nsignature = {{ file = '{}' }}\n", mark.display()),
                Way::WebSocket => {
                    format!("kind = \"websocket\"\nurl = \"ws://{}/\"\n", websocket.local_addr()?)
                }
            };
            let nodes = if node.is_empty() {
                String::new()
            } else {
                format!(
                    "nodes = [\"{node}\"]
"
                )
            };
            let about = format!(
                "name = \"{name}\"
{nodes}expect = {{ every = \"{EXPECTED}\" }}
"
            );
            write(&feeds, party, &about, &transport)?;
        }
        let dialled = format!("kind = \"tcp\"\nconnect = \"{}\"\n", tcp.local_addr()?);
        write(
            &feeds,
            AIS,
            &format!(
                "name = \"Ships of the region, AIS (synthetic)\"
carries = \"positions\"
expect = {{ every = \"{EXPECTED}\" }}\n"
            ),
            &dialled,
        )?;
        let mut sources = JoinSet::new();
        let (community, messages) = unbounded_channel();
        sources.spawn(sockets::websocket(websocket, messages));
        let (antenna, sentences) = unbounded_channel();
        sources.spawn(sockets::lines(tcp, sentences));
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { doors, client, secret, feeds, community, antenna, _sources: sources })
    }

    /// Sends what a party sends; returns whether it has a way of its own.
    pub(super) async fn send(&self, delivery: &Delivery) -> Result<bool> {
        let Some((party, way, ..)) = WAYS.iter().find(|(party, ..)| *party == delivery.sender) else {
            return Ok(false);
        };
        // Lists and certificates are not what the feed carries.
        if delivery.certificate || ["xlsx", "csv"].iter().any(|e| delivery.name.ends_with(e)) {
            return Ok(false);
        }
        match way {
            Way::Folder => self.put(party, delivery)?,
            Way::Push => self.push(party, delivery).await?,
            Way::WebSocket => self.community.send(delivery.bytes.clone()).context("the socket is gone")?,
        }
        Ok(true)
    }

    /// Sends what a receiver heard of the ships.
    pub(super) fn hear(&self, sentences: Vec<u8>) -> Result<()> {
        self.antenna.send(sentences).context("the socket is gone")
    }

    /// Puts a file into a folder: it appears whole.
    fn put(&self, party: &str, delivery: &Delivery) -> Result<()> {
        let inbox = self.feeds.join(party).join("in");
        std::fs::create_dir_all(&inbox)?;
        let hidden = inbox.join(format!(".{}", delivery.name));
        std::fs::write(&hidden, &delivery.bytes)?;
        std::fs::rename(&hidden, inbox.join(&delivery.name))?;
        Ok(())
    }

    /// Pushes signed, again and again until it is taken.
    async fn push(&self, party: &str, delivery: &Delivery) -> Result<()> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let mark = sealane_data::hex::write(hmac::sign(&key, &delivery.bytes).as_ref());
        let address = format!("http://{}/v1/feeds/{party}/push", self.doors);
        for _ in 0..TIMES {
            let request =
                self.client.post(&address).header("notification-signature", format!("sha256={mark}"));
            match request.body(delivery.bytes.clone()).send().await {
                Ok(answer) if answer.status().is_success() => return Ok(()),
                // The feed may not run yet.
                _ => tokio::time::sleep(AGAIN).await,
            }
        }
        anyhow::bail!("the push of `{}` was not taken", delivery.name)
    }
}

fn write(folder: &Path, party: &str, about: &str, transport: &str) -> Result<()> {
    let text = format!("id = \"{party}\"\nparty = \"{party}\"\n{about}\n[transport]\n{transport}");
    crate::files::write_private(&folder.join(format!("{party}.toml")), text.as_bytes())?;
    Ok(())
}

fn random() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("no random numbers")?;
    Ok(sealane_data::hex::write(&bytes))
}
