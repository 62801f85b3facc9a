//! Verification of access tokens with the keys that the gateway publishes as a JSON Web Key Set.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use tracing_utils::warn;
use uuid::Uuid;

const TIMEOUT: Duration = Duration::from_secs(5);
const REFRESH: Duration = Duration::from_secs(30 * 60);
const RETRY: Duration = Duration::from_secs(1);

/// Verifies tokens for one audience with the keys of one address.
pub struct Verifier {
    url: String,
    validation: Validation,
    keys: RwLock<JwkSet>,
    client: reqwest::Client,
}

impl Verifier {
    /// Return a verifier that has no keys until [`Verifier::refresh_forever`] runs.
    pub fn new(url: &str, audience: &str) -> Arc<Self> {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "aud"]);
        Arc::new(Self {
            url: url.to_owned(),
            validation,
            keys: RwLock::new(JwkSet { keys: Vec::new() }),
            client: reqwest::Client::new(),
        })
    }

    /// Fetch the keys now and every half hour; a failure keeps the keys of before.
    pub async fn refresh_forever(self: Arc<Self>) {
        loop {
            let pause = match self.fetch().await {
                Ok(keys) => {
                    *self.keys.write().expect("no writer panics") = keys;
                    REFRESH
                }
                Err(error) => {
                    warn!(%error, url = self.url, "fetch the key set");
                    RETRY
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn fetch(&self) -> Result<JwkSet, reqwest::Error> {
        let request = self.client.get(&self.url).timeout(TIMEOUT);
        request.send().await?.error_for_status()?.json().await
    }

    /// Return the claims of a token that one of the keys has signed.
    pub fn verify(&self, token: &str) -> Result<Claims, AuthError> {
        let header = decode_header(token).map_err(|_| AuthError::InvalidToken)?;
        let keys = self.keys.read().expect("no writer panics");
        let named = header.kid.as_deref().and_then(|kid| keys.find(kid));
        let candidates = named.map_or(keys.keys.as_slice(), std::slice::from_ref);
        let mut reason = AuthError::NoKey;
        for jwk in candidates {
            let key = DecodingKey::from_jwk(jwk).map_err(|_| AuthError::NoKey)?;
            match decode::<Claims>(token, &key, &self.validation) {
                Ok(found) => return Ok(found.claims),
                Err(error) => reason = error.into(),
            }
        }
        Err(reason)
    }
}

/// The claims that the gateway puts into its tokens: Lana's own id of the person or service.
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    pub subject: Uuid,
}

/// The reason that a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    #[error("Missing token")]
    MissingToken,
    #[error("Invalid token")]
    InvalidToken,
    #[error("Expired token")]
    ExpiredToken,
    #[error("Invalid signature")]
    InvalidSignature,
    #[error("Invalid audience")]
    InvalidAudience,
    #[error("No key available")]
    NoKey,
}

impl From<jsonwebtoken::errors::Error> for AuthError {
    fn from(error: jsonwebtoken::errors::Error) -> Self {
        match error.kind() {
            ErrorKind::ExpiredSignature => Self::ExpiredToken,
            ErrorKind::InvalidSignature => Self::InvalidSignature,
            ErrorKind::InvalidAudience => Self::InvalidAudience,
            _ => Self::InvalidToken,
        }
    }
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NoKey => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::UNAUTHORIZED,
        };
        (status, self.to_string()).into_response()
    }
}

impl<S> FromRequestParts<S> for Claims
where
    S: Send + Sync,
    Arc<Verifier>: FromRef<S>,
{
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AuthError> {
        let header = parts.headers.get(header::AUTHORIZATION);
        let token = header
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or(AuthError::MissingToken)?;
        Arc::<Verifier>::from_ref(state).verify(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_accepted_without_a_key() {
        let verifier = Verifier::new("http://127.0.0.1:1/", "https://api/graphql");
        let unsigned = "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl";
        assert_eq!(verifier.verify(unsigned).unwrap_err(), AuthError::NoKey);
        assert_eq!(verifier.verify("x").unwrap_err(), AuthError::InvalidToken);
    }

    #[test]
    fn a_refusal_is_unauthorized_and_says_why() {
        let refused = AuthError::InvalidAudience.into_response();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(AuthError::InvalidAudience.to_string(), "Invalid audience");
    }
}
