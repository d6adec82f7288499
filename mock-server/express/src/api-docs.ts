// The document and a page to read it on. Its secret: what the page may load, which is its own files and nothing else.
import type { Engine } from '@latchkey/engine'
import { type RequestHandler, Router } from 'express'
import helmet from 'helmet'
import swaggerUi from 'swagger-ui-express'
import { openApiDocument } from './openapi.js'

/** No inline script, no inline style sheet: those of the page come as files from the same place. */
const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Latchkey API</title>
    <link rel="stylesheet" href="./swagger-ui.css" />
    <link rel="stylesheet" href="./page.css" />
    <link rel="icon" type="image/png" href="./favicon-32x32.png" sizes="32x32" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="./swagger-ui-bundle.js"></script>
    <script src="./swagger-ui-standalone-preset.js"></script>
    <script src="./swagger-ui-init.js"></script>
  </body>
</html>
`

/** Without the box that asks for tokens: who only reads needs none. */
const style = 'body { margin: 0 } .swagger-ui .scheme-container { display: none }'

/** To read, not to send: this page stands where the refresh cookie does. */
const swaggerOptions = { layout: 'BaseLayout', supportedSubmitMethods: [], validatorUrl: null }

/** `/openapi.json`, and `/docs` to read it in a browser: for your own app, `app.use(createApiDocs(auth.engine))`. */
export function createApiDocs({ routes, setCookies }: Pick<Engine, 'routes' | 'setCookies'>): Router {
  const [cookieName, accessCookieName] = setCookies({ cookie: { act: 'clear' } }).map(
    (line) => line.split('=')[0] ?? '',
  )
  const names = { cookieName: cookieName ?? null, accessCookieName: accessCookieName ?? null }
  const text = JSON.stringify(openApiDocument(routes, names))
  const router = Router({ strict: true, caseSensitive: true })
  router.get('/openapi.json', (_request, response) => {
    response.set({ 'cache-control': 'public, max-age=300', 'content-type': 'application/json' }).end(text)
  })
  router.get('/docs', (_request, response) => response.redirect(308, '/docs/'))
  router.get('/docs/', pageHeaders(), (_request, response) => {
    response.set({ 'cache-control': 'no-cache', 'content-type': 'text/html; charset=utf-8' }).end(page)
  })
  router.get('/docs/page.css', (_request, response) => {
    response.set({ 'cache-control': 'no-cache', 'content-type': 'text/css; charset=utf-8' }).end(style)
  })
  router.use('/docs', ...swaggerUi.serveFiles(undefined, { swaggerUrl: '/openapi.json', swaggerOptions }))
  return router
}

/** Data images are the icons of Swagger UI's style sheet. */
const pageHeaders = (): RequestHandler =>
  helmet.contentSecurityPolicy({
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'connect-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
  })
