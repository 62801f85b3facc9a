import { Page } from "@lana/web/page"
import type { ReactNode } from "react"

export const metadata = { title: "Lana Bank · Admin Panel" }
// The page has values of its environment, so it cannot be rendered at build time.
export const dynamic = "force-dynamic"

export default function Layout({ children }: { children: ReactNode }) {
  return <Page title="Admin Panel">{children}</Page>
}
