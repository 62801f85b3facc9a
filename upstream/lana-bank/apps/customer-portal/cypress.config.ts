import { defineConfig } from "cypress"

// The address of the panel comes from the program that starts it (apps/shared-web/e2e/run.mjs).
export default defineConfig({ e2e: { supportFile: false }, screenshotOnRunFailure: false })
