//! The GraphQL schema for operators; `schema.graphql` is its committed description.

mod types;

use async_graphql::{Context, Object, Result, SDLExportOptions, Schema, Subscription};
use futures_util::Stream;
use lana_app::App;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::BroadcastStream;
use uuid::Uuid;

pub use types::BuildInfo;
use types::{
    Customer, CustomerConnection, CustomerCreateInput, CustomerCreatePayload,
    CustomerDocumentCreateInput, CustomerDocumentCreatePayload, DomainConfig, Time,
    TimeAdvanceToNextEndOfDayPayload,
};

pub type AdminSchema = Schema<Query, Mutation, Events>;

const MOST: i64 = 100;

/// Return the schema of a running application.
pub fn schema(app: App, build: BuildInfo) -> AdminSchema {
    Schema::build(Query, Mutation, Events)
        .data(app)
        .data(build)
        .finish()
}

/// Return the description of the schema (SDL).
pub fn description() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .prefer_single_line_descriptions();
    Schema::build(Query, Mutation, Events)
        .finish()
        .sdl_with_options(options)
}

fn app<'a>(context: &Context<'a>) -> &'a App {
    context.data_unchecked()
}

pub struct Query;

#[Object]
impl Query {
    /// The build that is running
    async fn build_info<'a>(&self, context: &Context<'a>) -> &'a BuildInfo {
        context.data_unchecked()
    }

    /// One customer
    async fn customer(&self, context: &Context<'_>, id: Uuid) -> Result<Option<Customer>> {
        Ok(app(context).customers.find(id).await?.map(Customer::from))
    }

    /// The newest customers, at most a hundred
    async fn customers(&self, context: &Context<'_>, first: i64) -> Result<CustomerConnection> {
        let found = app(context).customers.list(first.clamp(0, MOST)).await?;
        Ok(CustomerConnection {
            nodes: found.into_iter().map(Customer::from).collect(),
        })
    }

    /// Settings of the domain that the environment has set
    async fn domain_configs(&self, context: &Context<'_>) -> Result<Vec<DomainConfig>> {
        let found = app(context).domain_configs().await?;
        Ok(found
            .into_iter()
            .map(|(key, value)| DomainConfig { key, value })
            .collect())
    }

    /// The bank's time
    async fn time(&self, context: &Context<'_>) -> Time {
        Time::of(&app(context).clock)
    }
}

pub struct Mutation;

#[Object]
impl Mutation {
    /// Create a customer
    async fn customer_create(
        &self,
        context: &Context<'_>,
        input: CustomerCreateInput,
    ) -> Result<CustomerCreatePayload> {
        let (app, kind) = (app(context), input.customer_type.to_string());
        let created = app
            .customers
            .create(&input.email, &kind, app.clock.now())
            .await?;
        // Nobody may be subscribed.
        let _ = app.created.send(created.clone());
        Ok(CustomerCreatePayload {
            customer: created.into(),
        })
    }

    /// Store a text document of a customer; the link to it expires
    async fn customer_document_create(
        &self,
        context: &Context<'_>,
        input: CustomerDocumentCreateInput,
    ) -> Result<CustomerDocumentCreatePayload> {
        let (app, customer) = (app(context), input.customer_id);
        let path = format!("customers/{customer}/{}", input.filename);
        let link = app.storage.link(&path, chrono::Utc::now())?;
        let now = app.clock.now();
        let document_id = app
            .customers
            .add_document(customer, &input.filename, now)
            .await?;
        app.storage.write(&path, input.content.as_bytes()).await?;
        Ok(CustomerDocumentCreatePayload { document_id, link })
    }

    /// Move artificial time to the end of the day
    async fn time_advance_to_next_end_of_day(
        &self,
        context: &Context<'_>,
    ) -> Result<TimeAdvanceToNextEndOfDayPayload> {
        let clock = &app(context).clock;
        let advanced = clock.advance_to_next_end_of_day();
        advanced.ok_or("time is real in this environment, it cannot be advanced")?;
        Ok(TimeAdvanceToNextEndOfDayPayload {
            time: Time::of(clock),
        })
    }
}

pub struct Events;

#[Subscription(name = "Subscription")]
impl Events {
    /// Each customer that this server creates from now on
    async fn customer_created(&self, context: &Context<'_>) -> impl Stream<Item = Customer> {
        let created = BroadcastStream::new(app(context).created.subscribe());
        created.filter_map(|each| each.ok().map(Customer::from))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_description_is_current() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/graphql/schema.graphql");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(file, super::description()).expect("written");
        }
        let committed = std::fs::read_to_string(file).expect("schema.graphql");
        assert_eq!(
            committed,
            super::description(),
            "UPDATE=1 cargo test writes it"
        );
    }
}
