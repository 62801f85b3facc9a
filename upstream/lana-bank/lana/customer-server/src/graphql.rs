//! The GraphQL schema for customers, who see themselves only.

use async_graphql::{
    Context, EmptyMutation, EmptySubscription, Object, Result, Schema, SimpleObject,
};
use chrono::{DateTime, Utc};
use jwks_utils::Claims;
use lana_app::App;
use uuid::Uuid;

pub type CustomerSchema = Schema<Query, EmptyMutation, EmptySubscription>;

/// Return the schema of a running application.
pub fn schema(app: App) -> CustomerSchema {
    Schema::build(Query, EmptyMutation, EmptySubscription)
        .data(app)
        .finish()
}

#[derive(SimpleObject)]
struct Customer {
    customer_id: Uuid,
    email: String,
    customer_type: String,
    created_at: DateTime<Utc>,
}

#[derive(SimpleObject)]
struct Me {
    customer: Customer,
}

pub struct Query;

#[Object]
impl Query {
    /// The customer whose token it is
    async fn me(&self, context: &Context<'_>) -> Result<Me> {
        let (app, claims) = (
            context.data_unchecked::<App>(),
            context.data_unchecked::<Claims>(),
        );
        let found = app
            .customers
            .find(claims.subject)
            .await?
            .ok_or("no such customer")?;
        let customer = Customer {
            customer_id: found.id,
            email: found.email,
            customer_type: found.customer_type,
            created_at: found.created_at,
        };
        Ok(Me { customer })
    }
}
