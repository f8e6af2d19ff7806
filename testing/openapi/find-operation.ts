import { type OpenApiDocument, type OpenApiOperation, operationMethods } from 'plinth'

/** An operation that answers a request. */
export interface FoundOperation {
  readonly path: string
  readonly operation: OpenApiOperation
}

/** Finds the operation of a request; undefined where a document has none. HEAD is answered as GET is. */
export function operationFinder(
  document: OpenApiDocument,
): (method: string, target: string) => FoundOperation | undefined {
  const templates = Object.keys(document.paths)
    .map((path) => ({ path, segments: path.split('/') }))
    // Literal segments are tried before parameters.
    .toSorted((a, b) => literals(b.segments) - literals(a.segments))
  return (method, target) => {
    const [address = ''] = target.split('?')
    const segments = (address.length > 1 ? address.replace(/\/$/, '') : address).split('/')
    const wanted = method.toLowerCase()
    for (const { path, segments: template } of templates) {
      if (template.length !== segments.length || !fits(template, segments)) continue
      const operation = operationOf(document, path, wanted)
      if (operation) return { path, operation }
    }
    return undefined
  }
}

function operationOf(document: OpenApiDocument, path: string, method: string): OpenApiOperation | undefined {
  const item = document.paths[path] ?? {}
  const known = operationMethods.find((one) => one === method)
  return (known && item[known]) ?? (method === 'head' ? item.get : undefined)
}

const isParameter = (segment: string): boolean => segment.startsWith('{')
const literals = (segments: readonly string[]): number => segments.filter((one) => !isParameter(one)).length
const fits = (template: readonly string[], segments: readonly string[]): boolean =>
  template.every((part, index) => (isParameter(part) ? segments[index] !== '' : part === segments[index]))
