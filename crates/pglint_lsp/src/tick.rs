//! A clock, for what nobody tells the server: that its client has died, that
//! files have changed.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::event::{Event, Events};

const PERIOD: Duration = Duration::from_secs(1);

/// Sends [`Event::Tick`] every second, until nobody listens.
pub(crate) async fn tick(events: Events) {
    let mut interval = interval(PERIOD);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        if events.send(Event::Tick).is_err() {
            return;
        }
    }
}
