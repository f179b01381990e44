//! HTTPS: a certificate that can be replaced while we serve, and handshakes that hold nobody up.

use crate::config::TlsFiles;
use anyhow::{Context as _, Result, bail};
use arc_swap::ArcSwap;
use axum::serve::Listener;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

/// How long a client may take to shake hands.
const PATIENCE: Duration = Duration::from_secs(3);
/// Handshakes under way at once: strangers cannot make us hold more.
const HANDSHAKES: usize = 256;
/// How long accepting rests when the process has no file descriptors left.
const REST: Duration = Duration::from_secs(1);

/// A certificate with its key, as the files have them now.
#[derive(Debug)]
pub(crate) struct Certificate {
    cert: PathBuf,
    key: PathBuf,
    current: ArcSwap<CertifiedKey>,
}

impl Certificate {
    /// Reads the files of HTTPS; nothing when none are named.
    pub(crate) fn open(files: &TlsFiles) -> Result<Option<Arc<Self>>> {
        let (cert, key) = match (&files.cert, &files.key) {
            (None, None) => return Ok(None),
            (Some(cert), Some(key)) => (cert.clone(), key.clone()),
            _ => bail!("HTTPS needs both a certificate and a key"),
        };
        let current = ArcSwap::from_pointee(read(&cert, &key)?);
        Ok(Some(Arc::new(Self { cert, key, current })))
    }

    /// Reads the files again; a pair that does not fit leaves the old one in use.
    pub(crate) fn reload(&self) {
        match read(&self.cert, &self.key) {
            Ok(new) => {
                self.current.store(Arc::new(new));
                tracing::info!(cert = %self.cert.display(), "the certificate was read again");
            }
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "the new certificate is not used, the old one stays"
                );
            }
        }
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

fn read(cert: &PathBuf, key: &PathBuf) -> Result<CertifiedKey> {
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("cannot read certificates from `{}`", cert.display()))?;
    if chain.is_empty() {
        bail!("`{}` has no certificate", cert.display());
    }
    let private = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("cannot read a private key from `{}`", key.display()))?;
    let provider = CryptoProvider::get_default().context("no provider of cryptography is installed")?;
    CertifiedKey::from_der(chain, private, provider)
        .with_context(|| format!("`{}` is not the key of `{}`", key.display(), cert.display()))
}

/// Accepts connections and gives out those that have shaken hands.
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl TlsListener {
    pub(crate) fn new(tcp: TcpListener, certificate: Arc<Certificate>) -> Result<Self> {
        Self::asking(tcp, certificate, None)
    }

    /// As [`Self::new`], and asks callers for a certificate of an authority where one is named.
    pub(crate) fn asking(
        tcp: TcpListener,
        certificate: Arc<Certificate>,
        authority: Option<&Path>,
    ) -> Result<Self> {
        let builder = ServerConfig::builder();
        let builder = match authority {
            None => builder.with_no_client_auth(),
            Some(path) => builder.with_client_cert_verifier(verifier(path)?),
        };
        let mut config = builder.with_cert_resolver(certificate);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let address = tcp.local_addr()?;
        let (told, ready) = mpsc::channel(1);
        let accepting = tokio::spawn(accept_all(tcp, TlsAcceptor::from(Arc::new(config)), told));
        Ok(Self { ready, address, accepting })
    }
}

/// Returns what checks callers' certificates against an authority.
fn verifier(path: &Path) -> Result<Arc<dyn ClientCertVerifier>> {
    let mut roots = RootCertStore::empty();
    let read = || format!("cannot read certificates from `{}`", path.display());
    for root in CertificateDer::pem_file_iter(path).with_context(read)? {
        roots.add(root.with_context(read)?).with_context(read)?;
    }
    Ok(WebPkiClientVerifier::builder(Arc::new(roots)).build()?)
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept_all(
    tcp: TcpListener,
    acceptor: TlsAcceptor,
    told: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let room = Arc::new(Semaphore::new(HANDSHAKES));
    while let Ok(permit) = room.clone().acquire_owned().await {
        let (stream, peer) = match tcp.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(REST).await;
                continue;
            }
        };
        let (acceptor, told) = (acceptor.clone(), told.clone());
        tokio::spawn(async move {
            let shaken = tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await;
            drop(permit);
            match shaken {
                Ok(Ok(stream)) => told.send((stream, peer)).await.unwrap_or_default(),
                Ok(Err(error)) => tracing::debug!(%peer, %error, "handshake failed"),
                Err(_) => tracing::debug!(%peer, "handshake took too long"),
            }
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            // The accepting task ends only with this listener.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
