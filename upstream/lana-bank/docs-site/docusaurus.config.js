/** @type {import('@docusaurus/types').Config} */
export default {
  title: "Lana Bank",
  url: "https://docs.lana.example",
  baseUrl: "/",
  onBrokenLinks: "throw",
  markdown: {
    format: "detect",
    hooks: { onBrokenMarkdownLinks: "throw", onBrokenMarkdownImages: "throw" },
  },
  presets: [
    [
      "classic",
      { docs: { routeBasePath: "/", versions: { current: { label: "Next" } } }, blog: false },
    ],
  ],
  themeConfig: {
    navbar: { title: "Lana Bank", items: [{ type: "docsVersionDropdown" }] },
  },
}
