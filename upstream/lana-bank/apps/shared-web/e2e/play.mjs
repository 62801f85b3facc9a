/**
 * Run Cypress specs with Playwright: the commands of Cypress that the specs use, and no others.
 *
 * As in Cypress, commands are queued, get the result of the one before, and retry until a timeout.
 */
import assert from "node:assert"
import { readdirSync, readFileSync } from "node:fs"
import { createContext, runInContext } from "node:vm"

import { chromium } from "playwright-core"
import ts from "typescript"

const specs = "cypress/e2e"

/** The commands of one test, on a page of its own. */
class Commands {
  constructor(page, address, screenshots) {
    Object.assign(this, { page, address, screenshots, aliases: {}, done: Promise.resolve() })
  }

  add(step) {
    this.done = this.done.then(step)
    return this
  }

  visit = (path) => this.add(() => this.page.goto(this.address + path))
  click = () => this.add((found) => found.click())
  as = (name) =>
    this.add(({ seen }) => {
      this.aliases[`@${name}`] = seen
    })
  wait = (alias) => this.add(() => this.aliases[alias])
  its = (path) => this.add((value) => path.split(".").reduce((found, name) => found[name], value))
  screenshot = (name) =>
    this.add(() => this.page.screenshot({ path: `${this.screenshots}/${name}.png` }))

  contains(selector, text) {
    return this.add(async () => {
      const found = this.page.locator(selector, { hasText: text }).first()
      await found.waitFor()
      return found
    })
  }

  should(chainer, expected) {
    assert.equal(chainer, "include")
    return this.add((value) => assert.ok(value.includes(expected), `${value} includes ${expected}`))
  }

  intercept(method, pattern, body) {
    return this.add(async () => {
      let see
      const seen = new Promise((resolve) => {
        see = resolve
      })
      await this.page.route(pattern, (route) => {
        if (route.request().method() !== method) return route.fallback()
        see({ request: { url: route.request().url() } })
        return route.fulfill({ body })
      })
      return { seen }
    })
  }
}

/** Return the tests of a spec as pairs of name and body; a body gets the commands. */
function testsOf(spec) {
  const found = []
  const context = createContext({
    describe: (_, body) => body(),
    it: (name, body) =>
      found.push([
        name,
        (cy) => {
          context.cy = cy
          body()
        },
      ]),
  })
  runInContext(ts.transpile(readFileSync(`${specs}/${spec}`, "utf8")), context)
  return found
}

/** Run every spec against the panel at ``address``; return whether all tests passed. */
export async function play(address) {
  const options = {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  }
  const browser = await chromium.launch(options)
  let passed = true
  for (const spec of readdirSync(specs).filter((name) => name.endsWith(".cy.ts"))) {
    for (const [name, body] of testsOf(spec)) {
      const page = await browser.newPage()
      page.setDefaultTimeout(30_000)
      const cy = new Commands(page, address, `cypress/screenshots/${spec}`)
      body(cy)
      const reason = await cy.done.then(
        () => "",
        (error) => `: ${error}`,
      )
      console.log(`${reason ? "failed" : "passed"} ${spec} ${name}${reason}`)
      passed &&= !reason
      await page.close()
    }
  }
  await browser.close()
  return passed
}
