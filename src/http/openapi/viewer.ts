import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Mistakes } from '../../errors/definition-error.js'
import { type Asset, assetOf } from './asset.js'

/** The page on which a document can be read and tried, and what it loads, by their names behind its path. */
export interface Viewer {
  readonly page: Asset
  readonly files: Readonly<Record<string, Asset>>
}

const styles = 'text/css; charset=utf-8'
const scripts = 'text/javascript; charset=utf-8'

// Styles that the viewer writes into the page as it runs are its own; scripts come from files alone.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The viewer of a document: Swagger UI as it is installed; nothing comes from another server. */
export function viewerOf(
  { title, page, document }: { readonly title: string; readonly page: string; readonly document: string },
  mistakes: Mistakes,
): Viewer | undefined {
  const directory = swaggerDirectory()
  if (directory === undefined) {
    mistakes.add({
      code: 'E_OPENAPI',
      subject: 'The page of the OpenAPI document',
      problem: 'the package swagger-ui-dist, which shows it, is not installed.',
      places: [],
      remedy: 'Run npm install swagger-ui-dist, or leave `page` out of `openapi`.',
    })
    return undefined
  }
  const file = (name: string, type: string): Asset => assetOf(readFileSync(join(directory, name)), type)
  return {
    page: assetOf(pageText(title, page), 'text/html; charset=utf-8', {
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
    }),
    files: {
      'swagger-ui.css': file('swagger-ui.css', styles),
      'swagger-ui-bundle.js': file('swagger-ui-bundle.js', scripts),
      'start.js': assetOf(startText(document), scripts),
    },
  }
}

function swaggerDirectory(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  } catch {
    return undefined
  }
}

function pageText(title: string, page: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="${page}/swagger-ui.css">
</head>
<body>
<div id="viewer"></div>
<script src="${page}/swagger-ui-bundle.js"></script>
<script src="${page}/start.js"></script>
</body>
</html>
`
}

// Swagger UI shows the closed lock of whoever has signed in where signing in is optional.
const locks = `{ statePlugins: { auth: { wrapSelectors: {
  isAuthorized: (ask) => (state, security) => ask(security && security.filter((schemes) => schemes.size > 0)),
} } } }`

function startText(document: string): string {
  const options = { url: document, dom_id: '#viewer', deepLinking: true, validatorUrl: null, displayOperationId: true }
  return `SwaggerUIBundle({ ...${JSON.stringify(options)}, plugins: [${locks}] })\n`
}

function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replace(/[&<>"]/g, (sign) => names[sign] ?? sign)
}
