//! Documents: files below a folder, handed out by links that are signed and expire.

use std::path::{Component, Path, PathBuf};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha2::Sha256;

const VALID: Duration = Duration::minutes(5);

/// The setting `app.storage` of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "provider", rename_all = "snake_case")]
pub enum StorageConfig {
    Local {
        root_folder: PathBuf,
        server_url: String,
    },
    Gcp {
        bucket_name: String,
    },
}

/// The reason that a document is not stored or not handed out.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("Invalid path")]
    InvalidPath,
    #[error("Invalid signature")]
    InvalidSignature,
    #[error("Link has expired")]
    Expired,
    #[error("File not found")]
    NotFound,
    #[error("documents in the bucket {0} need the real application")]
    Bucket(String),
    #[error("no secret signs links: set STORAGE_SIGNING_SECRET")]
    NoSecret,
    #[error("write the document: {0}")]
    Unwritable(#[from] std::io::Error),
}

/// The documents and the secret that signs their links.
#[derive(Clone)]
pub struct Storage {
    config: StorageConfig,
    secret: Option<String>,
}

impl Storage {
    pub fn new(config: StorageConfig, secret: Option<String>) -> Self {
        Self { config, secret }
    }

    /// Return whether this server itself hands documents out.
    pub fn is_local(&self) -> bool {
        matches!(self.config, StorageConfig::Local { .. })
    }

    /// Write a document to `path` below the folder.
    pub async fn write(&self, path: &str, content: &[u8]) -> Result<(), StorageError> {
        let file = self.file(path)?;
        tokio::fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).await?;
        Ok(tokio::fs::write(file, content).await?)
    }

    /// Return a link to the document at `path` that is valid for some minutes.
    pub fn link(&self, path: &str, now: DateTime<Utc>) -> Result<String, StorageError> {
        self.file(path)?;
        let StorageConfig::Local { server_url, .. } = &self.config else {
            return Err(StorageError::NotFound);
        };
        let (name, expires) = (URL_SAFE_NO_PAD.encode(path), (now + VALID).timestamp());
        let signature = hex::encode(self.mac(path, expires)?.finalize().into_bytes());
        let address = server_url.trim_end_matches('/');
        Ok(format!(
            "{address}/local-storage/{name}?expires={expires}&sig={signature}"
        ))
    }

    /// Return the path and content of the document that a link names.
    pub async fn read(
        &self,
        name: &str,
        expires: i64,
        signature: &str,
        now: DateTime<Utc>,
    ) -> Result<(String, Vec<u8>), StorageError> {
        let path = URL_SAFE_NO_PAD
            .decode(name)
            .map_err(|_| StorageError::InvalidPath)?;
        let path = String::from_utf8(path).map_err(|_| StorageError::InvalidPath)?;
        let given = hex::decode(signature).map_err(|_| StorageError::InvalidSignature)?;
        let verified = self.mac(&path, expires)?.verify_slice(&given);
        verified.map_err(|_| StorageError::InvalidSignature)?;
        if expires < now.timestamp() {
            return Err(StorageError::Expired);
        }
        let content = tokio::fs::read(self.file(&path)?).await;
        Ok((path, content.map_err(|_| StorageError::NotFound)?))
    }

    fn mac(&self, path: &str, expires: i64) -> Result<Hmac<Sha256>, StorageError> {
        let secret = self.secret.as_ref().ok_or(StorageError::NoSecret)?;
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length is a key");
        Ok(mac.chain_update(format!("{expires}\n{path}")))
    }

    fn file(&self, path: &str) -> Result<PathBuf, StorageError> {
        let root = match &self.config {
            StorageConfig::Local { root_folder, .. } => root_folder,
            StorageConfig::Gcp { bucket_name } => {
                return Err(StorageError::Bucket(bucket_name.clone()));
            }
        };
        let plain = |part| matches!(part, Component::Normal(_));
        match Path::new(path).components().all(plain) && !path.is_empty() {
            true => Ok(root.join(path)),
            false => Err(StorageError::InvalidPath),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn storage(folder: &Path, secret: Option<&str>) -> Storage {
        let server_url = "https://admin.bank.test/".to_owned();
        let config = StorageConfig::Local {
            root_folder: folder.to_owned(),
            server_url,
        };
        Storage::new(config, secret.map(str::to_owned))
    }

    fn parts(link: &str) -> (&str, i64, &str) {
        let path = link
            .strip_prefix("https://admin.bank.test/local-storage/")
            .expect("a link");
        let (name, query) = path.split_once("?expires=").expect("expires");
        let (expires, signature) = query.split_once("&sig=").expect("sig");
        (name, expires.parse().expect("a number"), signature)
    }

    #[tokio::test]
    async fn a_link_is_valid_for_some_minutes_and_for_its_document_only() {
        let folder = std::env::temp_dir().join(format!("lana-{}", uuid::Uuid::new_v4()));
        let (kept, now) = (storage(&folder, Some("secret")), Utc::now());
        kept.write("a/b.txt", b"text").await.expect("written");
        let link = kept.link("a/b.txt", now).expect("signed");
        let (name, expires, signature) = parts(&link);
        let (path, content) = kept
            .read(name, expires, signature, now)
            .await
            .expect("read");
        assert_eq!(
            (path.as_str(), content.as_slice()),
            ("a/b.txt", b"text".as_slice())
        );
        let late = kept.read(name, expires, signature, now + VALID * 2).await;
        assert!(matches!(late, Err(StorageError::Expired)));
        let longer = kept.read(name, expires + 1, signature, now).await;
        assert!(matches!(longer, Err(StorageError::InvalidSignature)));
        let other = storage(&folder, Some("other"))
            .read(name, expires, signature, now)
            .await;
        assert!(matches!(other, Err(StorageError::InvalidSignature)));
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[tokio::test]
    async fn nothing_outside_of_the_folder_is_written_and_nothing_is_signed_without_a_secret() {
        let kept = storage(Path::new("/nonexistent"), Some("secret"));
        for path in ["../x", "/etc/passwd", "a/../../x", ""] {
            let refused = kept.write(path, b"").await;
            assert!(matches!(refused, Err(StorageError::InvalidPath)), "{path}");
        }
        let unsigned = storage(Path::new("/nonexistent"), None).link("a", Utc::now());
        assert!(matches!(unsigned, Err(StorageError::NoSecret)));
    }
}
