import { serverVersion } from "@lana/web/build-info"
import { headers } from "next/headers"
import { getToken } from "next-auth/jwt"

import { auth } from "@/auth"
import { env } from "@/env"

export default async function Home() {
  const session = await auth()
  const secureCookie = process.env.AUTH_URL?.startsWith("https:")
  const token = await getToken({
    req: { headers: await headers() },
    secret: env.AUTH_SECRET,
    secureCookie,
  })
  const url = `${env.NEXT_PUBLIC_CORE_URL}/graphql`
  return (
    <main>
      <p>Customers see their accounts and loans here.</p>
      <p id="customer">{session?.user?.email}</p>
      <p id="server">Server {await serverVersion(url, token?.accessToken as string)}</p>
    </main>
  )
}
