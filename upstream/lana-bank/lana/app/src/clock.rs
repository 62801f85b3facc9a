//! The bank's time: real, or moved by hand where an environment has artificial time.

use std::sync::{Arc, RwLock};

use chrono::{DateTime, Duration, NaiveTime, Utc};
use serde::Deserialize;

/// The setting `time` of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum TimeConfig {
    Realtime,
    Manual {
        #[serde(default = "Utc::now")]
        start_at: DateTime<Utc>,
    },
}

/// A clock that all parts of the server share.
#[derive(Clone)]
pub struct Clock(Option<Arc<RwLock<DateTime<Utc>>>>);

impl Clock {
    pub fn new(config: TimeConfig) -> Self {
        match config {
            TimeConfig::Realtime => Self(None),
            TimeConfig::Manual { start_at } => Self(Some(Arc::new(RwLock::new(start_at)))),
        }
    }

    /// Return whether the time is artificial.
    pub fn is_manual(&self) -> bool {
        self.0.is_some()
    }

    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            None => Utc::now(),
            Some(time) => *time.read().expect("no writer panics"),
        }
    }

    /// Return the next end of a day in UTC, later than now.
    pub fn next_end_of_day(&self) -> DateTime<Utc> {
        end_of_day_after(self.now())
    }

    /// Move an artificial clock to the end of the day; return `None` for real time.
    pub fn advance_to_next_end_of_day(&self) -> Option<DateTime<Utc>> {
        let mut time = self.0.as_ref()?.write().expect("no writer panics");
        *time = end_of_day_after(*time);
        Some(*time)
    }
}

/// The last second of every day.
pub const END_OF_DAY: NaiveTime = NaiveTime::from_hms_opt(23, 59, 59).expect("a time of the day");

fn end_of_day_after(time: DateTime<Utc>) -> DateTime<Utc> {
    let today = time.date_naive().and_time(END_OF_DAY).and_utc();
    if today > time {
        today
    } else {
        today + Duration::days(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn an_artificial_clock_stands_until_it_is_advanced() {
        let clock = Clock::new(TimeConfig::Manual {
            start_at: at("2024-02-28T10:00:00Z"),
        });
        assert_eq!(clock.now(), at("2024-02-28T10:00:00Z"));
        assert_eq!(
            clock.advance_to_next_end_of_day(),
            Some(at("2024-02-28T23:59:59Z"))
        );
        assert_eq!(
            clock.advance_to_next_end_of_day(),
            Some(at("2024-02-29T23:59:59Z"))
        );
        assert_eq!(clock.now(), at("2024-02-29T23:59:59Z"));
    }

    #[test]
    fn real_time_cannot_be_advanced() {
        let clock = Clock::new(TimeConfig::Realtime);
        assert!(!clock.is_manual());
        assert_eq!(clock.advance_to_next_end_of_day(), None);
        assert!(clock.next_end_of_day() > clock.now());
    }
}
