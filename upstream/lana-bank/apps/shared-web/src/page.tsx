import type { ReactNode } from "react"

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; margin: 4rem auto; max-width: 40rem; padding: 0 1rem; color: #1c2430; }
  footer { color: #5b6675; border-top: 1px solid #d8dee6; margin-top: 3rem; padding-top: 1rem; }
`

/** The document of a panel: its title, its content, and the version that was built. */
export function Page({ title, children }: { title: string; children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <style>{style}</style>
        <h1>{title}</h1>
        {children}
        <footer>
          Version <strong id="version">{process.env.NEXT_PUBLIC_APP_VERSION}</strong>
        </footer>
      </body>
    </html>
  )
}
