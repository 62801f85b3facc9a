"use client"

import { serverVersion } from "@lana/web/build-info"
import Keycloak from "keycloak-js"
import { useEffect, useState } from "react"

/** Return the realm's client of this environment, which knows whether somebody is signed in. */
async function configured(): Promise<Keycloak> {
  const config = await (await fetch("/api/config")).json()
  const keycloak = new Keycloak({
    url: config.keycloakUrl,
    realm: config.keycloakRealm,
    clientId: config.keycloakClientId,
  })
  await keycloak.init({ pkceMethod: "S256", checkLoginIframe: false })
  return keycloak
}

/** A button that leads to the realm, and the server's version once somebody is signed in. */
export function Session({ coreUrl }: { coreUrl: string }) {
  const [keycloak, setKeycloak] = useState<Keycloak>()
  const [version, setVersion] = useState("")
  useEffect(() => {
    configured().then(async (found) => {
      setKeycloak(found)
      if (found.authenticated) setVersion(await serverVersion(coreUrl, found.token))
    })
  }, [coreUrl])
  if (!keycloak) return <p>Loading</p>
  if (keycloak.authenticated) return <p id="server">Server {version}</p>
  return (
    <button type="button" onClick={() => keycloak.login()}>
      Sign in
    </button>
  )
}
