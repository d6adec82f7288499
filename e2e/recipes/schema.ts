// What `npx openapi-typescript` would write for the recipes' backend.
export type paths = {
  '/api/projects': {
    get: { responses: { 200: { content: { 'application/json': readonly { readonly name: string }[] } } } }
  }
}
