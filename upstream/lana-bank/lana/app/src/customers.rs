//! Customers and their documents.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row};
use uuid::Uuid;

const COLUMNS: &str = "SELECT id, email, customer_type, created_at FROM customers";

/// A customer as it is stored.
#[derive(Clone, Debug)]
pub struct Customer {
    pub id: Uuid,
    pub email: String,
    pub customer_type: String,
    pub created_at: DateTime<Utc>,
}

impl FromRow<'_, PgRow> for Customer {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            email: row.try_get("email")?,
            customer_type: row.try_get("customer_type")?,
            created_at: row.try_get("created_at")?,
        })
    }
}

/// The customers in the database.
#[derive(Clone)]
pub struct Customers(pub(crate) PgPool);

impl Customers {
    /// Add a customer; the database refuses an email address that another one has.
    pub async fn create(
        &self,
        email: &str,
        customer_type: &str,
        now: DateTime<Utc>,
    ) -> sqlx::Result<Customer> {
        let statement = "INSERT INTO customers (id, email, customer_type, created_at) \
                         VALUES ($1, $2, $3, $4) RETURNING id, email, customer_type, created_at";
        let query = sqlx::query_as(statement).bind(Uuid::new_v4()).bind(email);
        query.bind(customer_type).bind(now).fetch_one(&self.0).await
    }

    pub async fn find(&self, id: Uuid) -> sqlx::Result<Option<Customer>> {
        let statement = format!("{COLUMNS} WHERE id = $1");
        sqlx::query_as(&statement)
            .bind(id)
            .fetch_optional(&self.0)
            .await
    }

    /// Return at most `first` customers, the newest first.
    pub async fn list(&self, first: i64) -> sqlx::Result<Vec<Customer>> {
        let statement = format!("{COLUMNS} ORDER BY created_at DESC, id LIMIT $1");
        sqlx::query_as(&statement)
            .bind(first)
            .fetch_all(&self.0)
            .await
    }

    /// Record that a customer has a document; return its id.
    pub async fn add_document(
        &self,
        customer: Uuid,
        filename: &str,
        now: DateTime<Utc>,
    ) -> sqlx::Result<Uuid> {
        let statement = "INSERT INTO documents (id, customer_id, filename, created_at) \
                         VALUES ($1, $2, $3, $4) RETURNING id";
        let query = sqlx::query_scalar(statement)
            .bind(Uuid::new_v4())
            .bind(customer);
        query.bind(filename).bind(now).fetch_one(&self.0).await
    }
}
