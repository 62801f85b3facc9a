//! The types of the schema for operators.

use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use lana_app::clock::{Clock, END_OF_DAY};
use uuid::Uuid;

/// How the server was compiled
#[derive(Clone, SimpleObject)]
pub struct BuildInfo {
    /// The version that this build was made for
    pub version: String,
    /// How this build was optimized
    pub build_profile: String,
    /// The platform that this build runs on
    pub build_target: String,
    /// Optional parts that were compiled
    pub enabled_features: Vec<String>,
}

#[derive(Clone, Copy, Enum, PartialEq, Eq)]
pub enum CustomerType {
    Individual,
    GovernmentEntity,
    PrivateCompany,
    Bank,
    NonDomiciledCompany,
}

impl std::fmt::Display for CustomerType {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        async_graphql::InputType::to_value(self)
            .to_string()
            .fmt(formatter)
    }
}

/// A customer of the bank
#[derive(Clone, SimpleObject)]
pub struct Customer {
    /// Lana's own id, which tokens of the customer name
    pub customer_id: Uuid,
    /// The address that belongs to no other customer
    pub email: String,
    /// The legal form
    pub customer_type: String,
    /// When it was created, in the bank's time
    pub created_at: DateTime<Utc>,
}

impl From<lana_app::customers::Customer> for Customer {
    fn from(stored: lana_app::customers::Customer) -> Self {
        Self {
            customer_id: stored.id,
            email: stored.email,
            customer_type: stored.customer_type,
            created_at: stored.created_at,
        }
    }
}

#[derive(SimpleObject)]
pub struct CustomerConnection {
    /// The customers, the newest first
    pub nodes: Vec<Customer>,
}

#[derive(InputObject)]
pub struct CustomerCreateInput {
    /// An address that no customer has
    pub email: String,
    /// The legal form
    pub customer_type: CustomerType,
}

#[derive(SimpleObject)]
pub struct CustomerCreatePayload {
    /// The new customer
    pub customer: Customer,
}

#[derive(InputObject)]
pub struct CustomerDocumentCreateInput {
    /// The customer whose document it is
    pub customer_id: Uuid,
    /// A name within the customer's documents
    pub filename: String,
    /// The text
    pub content: String,
}

#[derive(SimpleObject)]
pub struct CustomerDocumentCreatePayload {
    /// The id of the document
    pub document_id: Uuid,
    /// An address that is valid for some minutes
    pub link: String,
}

#[derive(SimpleObject)]
pub struct DomainConfig {
    /// The name of the setting
    pub key: String,
    /// Its value
    pub value: String,
}

/// The bank's time, which is artificial in some environments
#[derive(SimpleObject)]
pub struct Time {
    /// Whether time is artificial
    pub can_advance_to_next_end_of_day: bool,
    /// The date
    pub current_date: NaiveDate,
    /// Date and time
    pub current_time: DateTime<Utc>,
    /// The time of the day at which it ends
    pub end_of_day_time: String,
    /// The next end of a day
    pub next_end_of_day_at: DateTime<Utc>,
    /// The time zone of all of these
    pub timezone: String,
}

impl Time {
    pub fn of(clock: &Clock) -> Self {
        let now = clock.now();
        Self {
            can_advance_to_next_end_of_day: clock.is_manual(),
            current_date: now.date_naive(),
            current_time: now,
            end_of_day_time: END_OF_DAY.to_string(),
            next_end_of_day_at: clock.next_end_of_day(),
            timezone: "UTC".to_owned(),
        }
    }
}

#[derive(SimpleObject)]
pub struct TimeAdvanceToNextEndOfDayPayload {
    /// The time after that
    pub time: Time,
}
