//! The way by which events leave the engine.

use chrono::Utc;
use crossbeam_channel::{Sender, TrySendError};

use super::pulse::Signs;
use crate::model::event::{Event, EventKind};
use crate::model::ids::{AccountName, LampId};
use crate::model::particular::Particular;
use crate::model::topic::{Topic, Topics};

/// Publishes events. A full channel holds back everything but progress, of which only the latest matters.
#[derive(Debug, Clone)]
pub(super) struct Publisher {
    events: Sender<Event>,
    topics: Topics,
    particulars: bool,
    signs: Signs,
}

impl Publisher {
    pub(super) fn new(events: Sender<Event>) -> Self {
        Self { events, topics: Topics::default(), particulars: false, signs: Signs::default() }
    }

    /// The same; publishes details of these topics as well.
    pub(super) fn detailing(self, topics: Topics) -> Self {
        Self { topics, ..self }
    }

    /// The same; publishes particulars as well, if they are wanted.
    pub(super) fn with_particulars(self, particulars: bool) -> Self {
        Self { particulars, ..self }
    }

    /// The same; each event is one of these signs of life.
    pub(super) fn giving(self, signs: Signs) -> Self {
        Self { signs, ..self }
    }

    /// Where those who publish here give signs of life.
    pub(super) fn signs(&self) -> &Signs {
        &self.signs
    }

    /// Whether particulars are wanted.
    pub(super) fn tells_particulars(&self) -> bool {
        self.particulars
    }

    /// Publishes a particular, if it is wanted; it is put together only then.
    pub(super) fn particular(&self, lamp: LampId, account: &AccountName, what: impl FnOnce() -> Particular) {
        if self.particulars {
            self.publish(lamp, EventKind::Particular { account: account.clone(), what: what() });
        }
    }

    /// Whether details of this topic are wanted.
    pub(super) fn details(&self, topic: Topic) -> bool {
        self.topics.contain(topic)
    }

    /// Publishes a detail, if it is wanted; it is put into words only then.
    pub(super) fn detail(
        &self,
        lamp: LampId,
        account: Option<&AccountName>,
        topic: Topic,
        words: impl FnOnce() -> String,
    ) {
        if self.details(topic) {
            self.publish(lamp, EventKind::Detailed { account: account.cloned(), topic, text: words() });
        }
    }

    pub(super) fn publish(&self, lamp: LampId, kind: EventKind) {
        self.signs.give();
        let event = Event { at: Utc::now(), lamp, kind };
        if event.kind.coalesces() {
            if let Err(TrySendError::Full(_)) = self.events.try_send(event) {
                // The next one says more.
            }
        } else {
            // Without anybody listening the work goes on all the same.
            let _ = self.events.send(event);
        }
    }
}
