export { GET } from "@lana/web/health"
