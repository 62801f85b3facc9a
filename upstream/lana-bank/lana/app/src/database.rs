//! The server's PostgreSQL database, which it migrates itself before it serves.

use std::borrow::Cow;

use anyhow::Context;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgPool, PgPoolOptions};

/// Migrations in their order: version, description, statements. Published ones never change.
const MIGRATIONS: [(i64, &str, &str); 2] = [
    (
        20260101000000,
        "customers",
        include_str!("../migrations/20260101000000_customers.sql"),
    ),
    (
        20260102000000,
        "documents and callbacks",
        include_str!("../migrations/20260102000000_documents_and_callbacks.sql"),
    ),
];

/// Return a pool of connections to a database that has every migration.
///
/// Servers that start at the same time wait for each other. A database with a migration that this
/// server does not know is refused.
pub async fn connect(address: &str, connections: u32) -> anyhow::Result<PgPool> {
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .connect(address)
        .await
        .context("connect to the database (PG_CON)")?;
    migrator()
        .run(&pool)
        .await
        .context("migrate the database")?;
    Ok(pool)
}

fn migrator() -> Migrator {
    let migrations = MIGRATIONS.map(|(version, description, statements)| {
        let kind = MigrationType::Simple;
        Migration::new(version, description.into(), kind, statements.into(), false)
    });
    Migrator {
        migrations: Cow::Owned(migrations.to_vec()),
        ..Migrator::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_is_applied_in_the_order_of_its_version() {
        let known: Vec<i64> = MIGRATIONS.iter().map(|each| each.0).collect();
        assert!(known.is_sorted());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("migrations")
            .map(|entry| {
                entry
                    .expect("a file")
                    .file_name()
                    .into_string()
                    .expect("a name")
            })
            .collect();
        files.sort();
        let named = MIGRATIONS.map(|each| format!("{}_{}.sql", each.0, each.1.replace(' ', "_")));
        assert_eq!(files, named);
    }
}
