import { AssertionError } from 'node:assert'
import type { HttpApplication } from 'plinth'
import { operationFinder } from '../../testing/openapi/find-operation.js'
import type { Answer } from './http.js'

/** Headers by which an action tells its caller something; others say how an answer is sent and kept. */
const telling = [
  'accept-patch',
  'accept-post',
  'allow',
  'etag',
  'idempotency-replayed',
  'last-modified',
  'link',
  'location',
  'preference-applied',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'www-authenticate',
]

/** Looks at answers for headers that the document of their application does not have. */
export interface HeaderCheck {
  look(method: string, path: string, answer: Pick<Answer, 'status' | 'headers'>): void
  /** @throws {AssertionError} with every such header. */
  verify(): void
}

/** What an action of routing-controllers answers, or one that nobody has described, may have any header. */
export function headerCheck(application: HttpApplication): HeaderCheck {
  const document = application.openapi()
  const find = operationFinder(document)
  const untold = new Set<string>()
  return {
    look(method, path, { status, headers }) {
      const { responses = {} } = find(method, path)?.operation ?? {}
      const response = responses[String(status)]
      if (!response || 'default' in responses) return
      const known = '$ref' in response ? document.components.responses[response.$ref.split('/').at(-1)!] : response
      const names = Object.keys(known?.headers ?? {}).map((name) => name.toLowerCase())
      for (const name of telling.filter((one) => headers.has(one) && !names.includes(one))) {
        untold.add(`${method} ${path} ${status}: ${name}`)
      }
    },
    verify() {
      if (untold.size === 0) return
      const message = ['Headers are answered that the document does not have:', ...untold].join('\n  ')
      throw new AssertionError({ message, actual: untold.size, expected: 0, operator: 'headerCheck' })
    },
  }
}
