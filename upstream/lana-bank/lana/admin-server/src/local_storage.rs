//! Documents in the server's own folder, by signed links.

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use lana_app::storage::StorageError;
use serde::Deserialize;

use crate::Shared;

pub fn routes() -> Router<Shared> {
    Router::new().route("/local-storage/{path}", get(document))
}

#[derive(Deserialize)]
struct Signature {
    expires: i64,
    sig: String,
}

async fn document(
    State(Shared { app, .. }): State<Shared>,
    Path(name): Path<String>,
    Query(Signature { expires, sig }): Query<Signature>,
) -> Response {
    // Links expire in real time, also where the bank's time is artificial.
    match app
        .storage
        .read(&name, expires, &sig, chrono::Utc::now())
        .await
    {
        Ok((path, content)) => {
            let filename = path.rsplit('/').next().unwrap_or_default();
            let disposition = format!("attachment; filename=\"{filename}\"");
            let headers = [
                (header::CONTENT_TYPE, content_type(filename).to_owned()),
                (header::CONTENT_DISPOSITION, disposition),
            ];
            (headers, content).into_response()
        }
        Err(error) => (status(&error), error.to_string()).into_response(),
    }
}

fn status(error: &StorageError) -> StatusCode {
    match error {
        StorageError::Expired | StorageError::InvalidSignature => StatusCode::FORBIDDEN,
        StorageError::InvalidPath => StatusCode::BAD_REQUEST,
        _ => StatusCode::NOT_FOUND,
    }
}

fn content_type(filename: &str) -> &'static str {
    match filename.rsplit('.').next() {
        Some("pdf") => "application/pdf",
        Some("csv") => "text/csv",
        Some("json") => "application/json",
        Some("txt") => "text/plain",
        _ => "application/octet-stream",
    }
}
