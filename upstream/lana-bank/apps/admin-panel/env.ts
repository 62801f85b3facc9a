import { createEnv } from "@t3-oss/env-nextjs"
import { z } from "zod"

// Through a variable: `process.env.NEXT_PUBLIC_X` would be replaced by its value at build time.
const variables = process.env

/** The variables of the running process; the version alone is in the bundle. */
export const env = createEnv({
  server: {
    KEYCLOAK_URL: z.string().default("http://localhost:8081"),
    KEYCLOAK_REALM: z.string().default("internal"),
    KEYCLOAK_CLIENT_ID: z.string().default("admin-panel"),
  },
  shared: {
    NEXT_PUBLIC_CORE_ADMIN_URL: z.string().default("/graphql"),
  },
  client: {
    NEXT_PUBLIC_APP_VERSION: z.string().default("0.0.1-dev"),
  },
  runtimeEnv: {
    KEYCLOAK_URL: variables.KEYCLOAK_URL,
    KEYCLOAK_REALM: variables.KEYCLOAK_REALM,
    KEYCLOAK_CLIENT_ID: variables.KEYCLOAK_CLIENT_ID,
    NEXT_PUBLIC_CORE_ADMIN_URL: variables.NEXT_PUBLIC_CORE_ADMIN_URL,
    NEXT_PUBLIC_APP_VERSION: process.env.NEXT_PUBLIC_APP_VERSION,
  },
})
