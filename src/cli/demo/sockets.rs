//! The sockets of the simulated parties.

use futures_util::{SinkExt as _, StreamExt as _};
use std::collections::VecDeque;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// Messages that are told again to whoever connects anew: some may not have arrived.
const OVERLAP: usize = 200;

/// Tells messages to whoever is connected, one at a time, until there are no more.
pub(super) async fn websocket(listener: TcpListener, mut messages: UnboundedReceiver<Vec<u8>>) {
    let mut told: VecDeque<Vec<u8>> = VecDeque::new();
    while let Ok((tcp, _)) = listener.accept().await {
        let Ok(mut socket) = tokio_tungstenite::accept_async(tcp).await else { continue };
        if again(&mut socket, &told).await.is_err() {
            continue;
        }
        loop {
            let message = tokio::select! {
                message = messages.recv() => message,
                // Pings are answered while it is read.
                heard = socket.next() => match heard {
                    Some(Ok(_)) => continue,
                    _ => break,
                },
            };
            let Some(message) = message else { return };
            told.push_back(message.clone());
            if told.len() > OVERLAP {
                told.pop_front();
            }
            if tell(&mut socket, message).await.is_err() {
                break;
            }
        }
    }
}

type Broken = tokio_tungstenite::tungstenite::Error;

async fn again(socket: &mut WebSocketStream<TcpStream>, told: &VecDeque<Vec<u8>>) -> Result<(), Broken> {
    for message in told {
        tell(socket, message.clone()).await?;
    }
    Ok(())
}

async fn tell(socket: &mut WebSocketStream<TcpStream>, message: Vec<u8>) -> Result<(), Broken> {
    match String::from_utf8(message) {
        Ok(text) => socket.send(Message::text(text)).await,
        Err(bytes) => socket.send(Message::binary(bytes.into_bytes())).await,
    }
}

/// Sends lines to whoever is connected, one at a time; what is said while nobody listens waits.
pub(super) async fn lines(listener: TcpListener, mut lines: UnboundedReceiver<Vec<u8>>) {
    while let Ok((mut tcp, _)) = listener.accept().await {
        loop {
            let Some(line) = lines.recv().await else { return };
            if tcp.write_all(&line).await.is_err() {
                break;
            }
        }
    }
}
