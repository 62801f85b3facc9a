describe("the admin panel", () => {
  it("shows the version that was built", () => {
    cy.visit("/")
    cy.contains("h1", "Admin Panel")
    cy.contains("footer", "Version")
    cy.screenshot("admin panel")
  })

  it("signs in at the realm of its environment", () => {
    cy.intercept("GET", "**/realms/internal/protocol/openid-connect/auth*", "the realm").as("realm")
    cy.visit("/")
    cy.contains("button", "Sign in").click()
    cy.wait("@realm").its("request.url").should("include", "client_id=admin-panel")
  })
})
