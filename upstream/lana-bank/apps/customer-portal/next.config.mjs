import { fileURLToPath } from "node:url"

/** @type {import('next').NextConfig} */
export default {
  output: "standalone",
  outputFileTracingRoot: fileURLToPath(new URL("../..", import.meta.url)),
  transpilePackages: ["@lana/web"],
}
