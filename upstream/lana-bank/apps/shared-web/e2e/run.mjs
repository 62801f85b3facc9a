/**
 * Start the built panel of the present folder, and run its browser tests against it.
 *
 * Cypress runs them; where its program cannot be had, Playwright does with a Chromium on PATH.
 */
import { spawn, spawnSync } from "node:child_process"
import { cpSync } from "node:fs"
import { createServer } from "node:net"
import { basename } from "node:path"
import { setTimeout } from "node:timers/promises"

import { play } from "./play.mjs"

const app = basename(process.cwd())
const standalone = ".next/standalone"

/** Put the files where the image has them, and return the panel's process and address. */
async function start() {
  cpSync(".next/static", `${standalone}/apps/${app}/.next/static`, { recursive: true })
  cpSync("public", `${standalone}/apps/${app}/public`, { recursive: true })
  const port = await freePort()
  const address = `http://localhost:${port}`
  const env = { ...process.env, PORT: String(port), HOSTNAME: "127.0.0.1", AUTH_URL: address }
  const panel = spawn(process.execPath, [`apps/${app}/server.js`], {
    cwd: standalone,
    env,
    stdio: "inherit",
  })
  for (let wait = 0; wait < 100 && panel.exitCode === null; wait++) {
    const response = await fetch(`${address}/api/health`).catch(() => undefined)
    if (response?.ok) return { panel, address }
    await setTimeout(100)
  }
  panel.kill()
  throw new Error(`${app} does not respond at ${address}`)
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** Run the specs with Cypress, or with Playwright in its place; return whether they passed. */
async function test(address) {
  const run = (words, stdio) => spawnSync("cypress", words, { stdio }).status === 0
  if (run(["verify"], "ignore")) return run(["run", "--config", `baseUrl=${address}`], "inherit")
  console.log("The program of Cypress is not here: Playwright runs its specs.")
  return await play(address)
}

const { panel, address } = await start()
try {
  process.exitCode = (await test(address)) ? 0 : 1
} finally {
  panel.kill()
}
