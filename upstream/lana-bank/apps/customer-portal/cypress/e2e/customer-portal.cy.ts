describe("the customer portal", () => {
  it("asks everybody to sign in", () => {
    cy.visit("/")
    cy.contains("button", "Sign in with Keycloak")
    cy.screenshot("sign in")
  })
})
