import NextAuth from "next-auth"
import Keycloak from "next-auth/providers/keycloak"

import { env } from "./env"

export const { handlers, auth, signIn } = NextAuth({
  secret: env.AUTH_SECRET,
  providers: [
    Keycloak({
      clientId: env.NEXT_PUBLIC_KEYCLOAK_CLIENT_ID,
      clientSecret: env.AUTH_KEYCLOAK_SECRET,
      issuer: `${env.NEXT_PUBLIC_KEYCLOAK_URL}/realms/${env.NEXT_PUBLIC_KEYCLOAK_REALM}`,
    }),
  ],
  callbacks: {
    authorized: ({ auth: session }) => session !== null,
    // The server asks for the realm's token; it stays in the encrypted cookie.
    jwt: ({ token, account }) =>
      account ? { ...token, accessToken: account.access_token } : token,
  },
})
