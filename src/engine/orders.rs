//! What the supervisor wants of workers, and its way to each of them.

use std::fmt;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

/// What the supervisor wants of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// End at the next checkpoint. It stays known.
    Stop,
    /// Wait at the next checkpoint.
    Pause,
    /// Go on.
    Resume,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stop => "stop",
            Self::Pause => "wait",
            Self::Resume => "go on",
        })
    }
}

/// Orders that may wait for a worker that is busy.
const WAITING_ORDERS: usize = 8;

/// The supervisor's way to one worker. A worker that doesn't listen for a while never holds the supervisor up: of too many
/// orders the oldest is dropped, since only the last one counts.
#[derive(Debug)]
pub(super) struct Orders {
    sender: Sender<Order>,
    receiver: Receiver<Order>,
}

impl Orders {
    /// A way, and the end where the worker listens.
    pub(super) fn new() -> (Self, Receiver<Order>) {
        let (sender, receiver) = bounded(WAITING_ORDERS);
        (Self { sender, receiver: receiver.clone() }, receiver)
    }

    /// Gives an order.
    pub(super) fn give(&self, order: Order) {
        while let Err(TrySendError::Full(_)) = self.sender.try_send(order) {
            let _oldest = self.receiver.try_recv();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_that_does_not_listen_gets_the_last_order() {
        let (orders, obeyed) = Orders::new();
        for _ in 0..100 {
            orders.give(Order::Pause);
            orders.give(Order::Resume);
        }
        orders.give(Order::Stop);
        assert_eq!(obeyed.try_iter().last(), Some(Order::Stop));
    }
}
