import { env } from "@/env"
import { Session } from "./session"

export default function Home() {
  return (
    <main>
      <p>Operators work here: customers, loans, reports.</p>
      <Session coreUrl={env.NEXT_PUBLIC_CORE_ADMIN_URL} />
    </main>
  )
}
