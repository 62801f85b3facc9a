const query = "query { buildInfo { version } }"

/** Return the version of the server behind a GraphQL endpoint, or the reason why it gives none. */
export async function serverVersion(url: string, token?: string): Promise<string> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    })
    const { data } = await response.json()
    return data?.buildInfo?.version ?? `refused (${response.status})`
  } catch {
    return "not reachable"
  }
}
