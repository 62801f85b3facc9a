import { createEnv } from "@t3-oss/env-nextjs"
import { z } from "zod"

// Through a variable: `process.env.NEXT_PUBLIC_X` would be replaced by its value at build time.
const variables = process.env

/** The variables of the running process. */
export const env = createEnv({
  server: {
    AUTH_SECRET: z.string().default("secret"),
    AUTH_KEYCLOAK_SECRET: z.string().default("secret"),
  },
  shared: {
    NEXT_PUBLIC_CORE_URL: z.string().default("http://app.localhost:4455"),
    NEXT_PUBLIC_KEYCLOAK_URL: z.string().default("http://localhost:8081"),
    NEXT_PUBLIC_KEYCLOAK_REALM: z.string().default("customer"),
    NEXT_PUBLIC_KEYCLOAK_CLIENT_ID: z.string().default("customer-portal"),
  },
  runtimeEnv: {
    AUTH_SECRET: variables.AUTH_SECRET,
    AUTH_KEYCLOAK_SECRET: variables.AUTH_KEYCLOAK_SECRET,
    NEXT_PUBLIC_CORE_URL: variables.NEXT_PUBLIC_CORE_URL,
    NEXT_PUBLIC_KEYCLOAK_URL: variables.NEXT_PUBLIC_KEYCLOAK_URL,
    NEXT_PUBLIC_KEYCLOAK_REALM: variables.NEXT_PUBLIC_KEYCLOAK_REALM,
    NEXT_PUBLIC_KEYCLOAK_CLIENT_ID: variables.NEXT_PUBLIC_KEYCLOAK_CLIENT_ID,
  },
})
